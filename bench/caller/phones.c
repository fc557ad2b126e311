// Phones that register, or subscribe to their lamp, with a password each (digest, MD5), and refresh. A nonce serves as
// long as it is taken, with a count that rises.
#include "caller.h"

static void authorize(struct phone *phone, const char *method, const char *uri, char *out, size_t size) {
  char user[32], password[40], secret[33], proof[33];
  snprintf(user, sizeof user, "%d", options.first + (int)phone->index);
  snprintf(password, sizeof password, "lamp-%s", user);
  digest_secret(secret, user, options.domain, password);
  digest_response(proof, secret, phone->nonce, phone->count, method, uri);
  snprintf(out, size,
    "Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", uri=\"%s\", response=\"%s\", algorithm=MD5, "
    "cnonce=\"lamplight\", qop=auth, nc=%08x\r\n", user, options.domain, phone->nonce, uri, proof, phone->count);
}

static void transmit(struct phone *phone) {
  bool registers = phone->pending == REGISTER;
  const char *method = registers ? "REGISTER" : "SUBSCRIBE";
  char text[longest_message], uri[224], proof[1024] = "";
  int number = options.first + (int)phone->index;
  uint16_t port = ntohs(options.server.sin_port);
  if (registers) snprintf(uri, sizeof uri, "sip:127.0.0.1:%u", port);
  else if (phone->target[0]) snprintf(uri, sizeof uri, "%s", phone->target);
  else snprintf(uri, sizeof uri, "sip:%d@127.0.0.1:%u", number, port);
  if (phone->nonce[0]) authorize(phone, method, uri, proof, sizeof proof);
  int length = snprintf(text, sizeof text,
    "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%u;rport;branch=z9hG4bK%x-p%u-%u\r\nMax-Forwards: 70\r\n"
    "From: <sip:%d@%s>;tag=%x-p%u\r\nTo: <sip:%d@%s>%s%s\r\nCall-ID: p%u-%x@127.0.0.1\r\nCSeq: %u %s\r\n"
    "Contact: <sip:%d@127.0.0.1:%u>\r\n%sExpires: 3600\r\n%sContent-Length: 0\r\n\r\n",
    method, uri, sip_port, run, phone->index, phone->cseq, number, options.domain, run, phone->index, number,
    options.domain, !registers && phone->tag[0] ? ";tag=" : "", registers ? "" : phone->tag, phone->index, run,
    phone->cseq, method, number, sip_port,
    registers ? "" : "Event: message-summary\r\nAccept: application/simple-message-summary\r\n", proof);
  sip_transmit(text, length);
}

void phone_send(struct phone *phone, enum method method) {
  phone->cseq++;
  phone->count++;
  phone->pending = method;
  phone->sent = wall();
  phone->interval = 500;
  phone->again = phone->sent + 500000000ll;
  figures.requests++;
  transmit(phone);
}

void phone_again(struct phone *phone, int64_t now) {
  if (phone->pending == none || now < phone->again) return;
  if (now - phone->sent > 32000000000ll) {
    figures.unanswered++;
    phone->pending = none;
    return;
  }
  figures.others_again++;
  phone->interval = phone->interval * 2 > 4000 ? 4000 : phone->interval * 2;
  phone->again = now + phone->interval * 1000000ll;
  transmit(phone);
}

void phone_response(struct phone *phone, int status, uint32_t cseq, const char *message, int64_t at) {
  if (status < 200) return;
  if (phone->pending == none || cseq != phone->cseq) { figures.finals_again++; return; }
  enum method method = phone->pending;
  char value[512];
  note(&figures.answering, (double)(at - phone->sent) / 1e6);
  phone->pending = none;
  if (status == 401 && header(message, "WWW-Authenticate", value, sizeof value)) {
    const char *nonce = strstr(value, "nonce=\"");
    figures.challenges++;
    if (!nonce || (phone->nonce[0] && phone->count < 2)) { figures.refused[401]++; return; }
    snprintf(phone->nonce, sizeof phone->nonce, "%.*s", (int)strcspn(nonce + 7, "\""), nonce + 7);
    phone->count = 0;
    phone_send(phone, method);
    return;
  }
  if (status >= 300) {
    figures.refused[status < 700 ? status : 0]++;
    if (status == 481) phone->tag[0] = phone->target[0] = 0;
    return;
  }
  figures.accepted++;
  if (method != SUBSCRIBE) { phone->subscribed = true; return; }
  if (header(message, "To", value, sizeof value)) {
    const char *tag = strstr(value, "tag=");
    if (tag) snprintf(phone->tag, sizeof phone->tag, "%s", tag + 4);
  }
  if (header(message, "Contact", value, sizeof value)) {
    const char *uri = strchr(value, '<');
    if (uri) snprintf(phone->target, sizeof phone->target, "%.*s", (int)strcspn(uri + 1, ">"), uri + 1);
  }
  phone->subscribed = true;
}

// Of a lamp counts when it was told that there is something new, after a message was left.
void phone_notified(struct phone *phone, uint32_t cseq, const char *message, int64_t at) {
  if (cseq <= phone->notify) { figures.requests_again++; return; }
  phone->notify = cseq;
  figures.notifies++;
  if (!phone->left || !strstr(message, "Messages-Waiting: yes")) return;
  note(&figures.lamp, (double)(at - phone->left) / 1e6);
  figures.lamps++;
  phone->left = 0;
}
