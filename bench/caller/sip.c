// The signalling of a caller: INVITE, ACK, BYE, and what RFC 3261 §17.1 says about sending again. A request is written
// anew when it is sent again; nothing is kept of it but what it is made of.
#include "caller.h"
#include <errno.h>
#include <strings.h>
#include <unistd.h>

static const char *const names[] = {"", "INVITE", "ACK", "BYE", "INFO", "REGISTER", "SUBSCRIBE"};

void sip_open(void) {
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof own;
  int on = 1, size = 32 << 20;
  sip_socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (sip_socket < 0 || bind(sip_socket, (void *)&own, sizeof own)) die("bind");
  if (getsockname(sip_socket, (void *)&own, &length)) die("getsockname");
  if (setsockopt(sip_socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size))
    setsockopt(sip_socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (setsockopt(sip_socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on)) die("SO_TIMESTAMPNS");
  if (setsockopt(sip_socket, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on)) die("SO_RXQ_OVFL");
  sip_port = ntohs(own.sin_port);
}

void sip_transmit(const char *text, int length) {
  while (sendto(sip_socket, text, length, 0, (void *)&options.server, sizeof options.server) < 0 && errno == ECONNREFUSED) {}
}

static int dialled(const struct call *call, char *out, size_t size) {
  const char *to = options.other && call->index % 2 ? options.other : options.to;
  if (options.spread && (!options.other || call->index % 2))
    return snprintf(out, size, "%s%d", to, options.first + (int)(call->index / (options.other ? 2 : 1)) % options.spread);
  return snprintf(out, size, "%s", to);
}

static int write_request(const struct call *call, enum method method, char *out, size_t size) {
  char number[64], uri[224], body[320] = "";
  uint16_t port = ntohs(options.server.sin_port);
  dialled(call, number, sizeof number);
  if (method == INVITE) {
    snprintf(uri, sizeof uri, "sip:%s@127.0.0.1:%u", number, port);
    snprintf(body, sizeof body,
      "v=0\r\no=caller %u 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %u RTP/AVP 0 101\r\n"
      "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n",
      call->index, media_port(call));
  } else {
    snprintf(uri, sizeof uri, "%s", call->target);
    if (method == INFO) snprintf(body, sizeof body, "Signal=#\r\nDuration=160\r\n");
  }
  // An ACK for a 2xx has a branch of its own, the CSeq of its INVITE (§13.2.2.4).
  return snprintf(out, size,
    "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%u;rport;branch=z9hG4bK%x-%u-%u-%u\r\nMax-Forwards: 70\r\n"
    "From: \"Caller %u\" <sip:%s@%s>;tag=%x-%u\r\nTo: <sip:%s@%s>%s%s\r\nCall-ID: c%u-%x@127.0.0.1\r\nCSeq: %u %s\r\n"
    "Contact: <sip:%s@127.0.0.1:%u>\r\n%sContent-Length: %zu\r\n\r\n%s",
    names[method], uri, sip_port, run, call->index, call->cseq, method, call->index, options.from, options.domain, run,
    call->index, number, options.domain, call->tag[0] ? ";tag=" : "", call->tag, call->index, run,
    method == ACK ? 1 : call->cseq, names[method], options.from, sip_port,
    method == INVITE ? "Content-Type: application/sdp\r\n" : method == INFO ? "Content-Type: application/dtmf-relay\r\n" : "",
    strlen(body), body);
}

static void transmit(const struct call *call, enum method method) {
  char text[longest_message];
  sip_transmit(text, write_request(call, method, text, sizeof text));
}

void call_send(struct call *call, enum method method) {
  if (method != ACK) {
    call->cseq++;
    call->pending = method;
    call->sent = wall();
    call->interval = 500;
    call->again = call->sent + 500000000ll;
  }
  transmit(call, method);
}

// Timers A and E double; B and F end it after 32 s (§17.1.1.2, §17.1.2.2).
void call_again(struct call *call, int64_t now) {
  if (call->pending == none || now < call->again) return;
  if (now - call->sent > 32000000000ll) {
    figures.unanswered++;
    media_end(call);
    call->pending = none;
    call->state = over;
    return;
  }
  if (call->pending == INVITE) figures.invites_again++; else figures.others_again++;
  call->interval *= 2;
  if (call->pending != INVITE && call->interval > 4000) call->interval = 4000;
  call->again = now + call->interval * 1000000ll;
  transmit(call, call->pending);
}

// The first header of that name, without the blanks in front.
bool header(const char *message, const char *name, char *out, size_t size) {
  size_t length = strlen(name);
  for (const char *line = strstr(message, "\r\n"); line; line = strstr(line, "\r\n")) {
    line += 2;
    if (*line == '\r') return false;
    if (strncasecmp(line, name, length) || line[length] != ':') continue;
    line += length + 1;
    line += strspn(line, " \t");
    size_t end = strcspn(line, "\r");
    if (end >= size) end = size - 1;
    memcpy(out, line, end);
    out[end] = 0;
    return true;
  }
  return false;
}

static void take(char *out, size_t size, const char *text, const char *after, const char *until) {
  const char *begin = strstr(text, after);
  out[0] = 0;
  if (!begin) return;
  begin += strlen(after);
  size_t length = strcspn(begin, until);
  if (length >= size) length = size - 1;
  memcpy(out, begin, length);
  out[length] = 0;
}

static void answered(struct call *call, const char *message, int64_t at) {
  char value[512];
  if (header(message, "To", value, sizeof value)) take(call->tag, sizeof call->tag, value, "tag=", ";");
  if (header(message, "Contact", value, sizeof value)) take(call->target, sizeof call->target, value, "<", ">");
  const char *media = strstr(message, "m=audio ");
  call->port = media ? (uint16_t)atoi(media + 8) : 0;
  call->pending = none;
  call->state = talking;
  call->was_answered = true;
  call->answered = at;
  figures.answered++;
  note(&figures.dialling, (double)(at - call->sent) / 1e6);
  call_send(call, ACK);
  media_begin(call);
}

static void response(struct call *call, int status, uint32_t cseq, const char *method, const char *message, int64_t at) {
  if (status < 200) return;
  bool to_invite = !strcmp(method, "INVITE");
  if (call->pending == none || cseq != call->cseq || strcmp(method, names[call->pending])) {
    // It has been answered: the other side did not hear our ACK, or answers what we sent twice.
    if (to_invite) figures.finals_again++;
    if (to_invite && call->was_answered) transmit(call, ACK);
    return;
  }
  if (to_invite && status < 300) { answered(call, message, at); return; }
  if (to_invite) {
    // An ACK of a refusal belongs to its transaction: the branch of the INVITE (§17.1.1.3).
    char value[512], text[longest_message], *at_branch;
    if (header(message, "To", value, sizeof value)) take(call->tag, sizeof call->tag, value, "tag=", ";");
    char number[64];
    dialled(call, number, sizeof number);
    snprintf(call->target, sizeof call->target, "sip:%s@127.0.0.1:%u", number, ntohs(options.server.sin_port));
    int length = write_request(call, ACK, text, sizeof text);
    char own[64], theirs[64];
    snprintf(own, sizeof own, "-%u-%u\r\nMax", call->cseq, ACK);
    snprintf(theirs, sizeof theirs, "-%u-%u\r\nMax", call->cseq, INVITE);
    if ((at_branch = strstr(text, own))) memcpy(at_branch, theirs, strlen(theirs));
    sip_transmit(text, length);
    call->pending = none;
    call->state = over;
    figures.refused[status < 700 ? status : 0]++;
    return;
  }
  if (call->pending == BYE) {
    note(&figures.answering, (double)(at - call->sent) / 1e6);
    media_end(call);
    call->state = over;
    figures.ended++;
    if (status >= 300) figures.lost_dialogs++;
  }
  call->pending = none;
}

// All that we are asked is answered with 200.
static void answer(const char *message) {
  char text[longest_message], value[512];
  int length = snprintf(text, sizeof text, "SIP/2.0 200 OK\r\n");
  for (const char *line = strstr(message, "\r\n"); line && line[2] != '\r'; line = strstr(line + 2, "\r\n")) {
    if (strncasecmp(line + 2, "Via:", 4)) continue;
    length += snprintf(text + length, sizeof text - length, "%.*s\r\n", (int)strcspn(line + 2, "\r"), line + 2);
  }
  static const char *const copied[] = {"From", "To", "Call-ID", "CSeq"};
  for (int i = 0; i < 4; i++) {
    if (!header(message, copied[i], value, sizeof value)) return;
    const char *tag = i == 1 && !strstr(value, "tag=") ? ";tag=us" : "";
    length += snprintf(text + length, sizeof text - length, "%s: %s%s\r\n", copied[i], value, tag);
  }
  length += snprintf(text + length, sizeof text - length, "Content-Length: 0\r\n\r\n");
  sip_transmit(text, length);
}

static void message_came(const char *message, int64_t at) {
  char value[128], sequence[64], method[16] = "";
  uint32_t cseq = 0, index = 0, of_run = 0;
  if (!header(message, "Call-ID", value, sizeof value) || !header(message, "CSeq", sequence, sizeof sequence)) return;
  if (sscanf(sequence, "%u %15s", &cseq, method) != 2) return;
  bool ours = sscanf(value + 1, "%u-%x", &index, &of_run) == 2 && of_run == run;
  struct call *call = ours && value[0] == 'c' && index < (uint32_t)options.calls ? &calls[index] : NULL;
  struct phone *phone = ours && value[0] == 'p' && index < (uint32_t)options.phones ? &phones[index] : NULL;
  if (!strncmp(message, "SIP/2.0 ", 8)) {
    int status = atoi(message + 8);
    if (call) response(call, status, cseq, method, message, at);
    if (phone) phone_response(phone, status, cseq, message, at);
    return;
  }
  if (!strcmp(method, "ACK")) return;
  answer(message);
  if (phone && !strcmp(method, "NOTIFY")) phone_notified(phone, cseq, message, at);
  if (call && !strcmp(method, "BYE") && call->state != over) {
    if (call->state != leaving) figures.lost_dialogs++;
    media_end(call);
    call->state = over;
    call->pending = none;
  }
}

void sip_receive(void) {
  enum { batch = 32 };
  static struct mmsghdr messages[batch];
  static struct iovec parts[batch];
  static char texts[batch][longest_message], notes[batch][128];
  static uint32_t drops;
  for (int count = batch; count == batch;) {
    for (int i = 0; i < batch; i++) {
      parts[i] = (struct iovec){texts[i], longest_message - 1};
      messages[i].msg_hdr = (struct msghdr){
        .msg_iov = &parts[i], .msg_iovlen = 1, .msg_control = notes[i], .msg_controllen = sizeof notes[i]};
    }
    count = recvmmsg(sip_socket, messages, batch, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
      int64_t at = arrival(&messages[i].msg_hdr, wall(), &drops);
      texts[i][messages[i].msg_len] = 0;
      message_came(texts[i], at);
    }
  }
}
