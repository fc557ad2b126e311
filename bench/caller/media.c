// RTP both ways. Calls share one socket a slot: it takes a hundred packets between two looks at it, which the smallest
// buffer holds. Each has a neighbour for RTCP, as phones have, that nobody reads.
#include "caller.h"
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

enum { batch = 64, packet_size = 256, lates = 256 };
static int sockets[slots], neighbours[slots];
static uint16_t ports[slots];
static uint32_t drops[slots];
static uint32_t call_of_port[65536];   // index + 1
static uint8_t *speech;
static uint32_t speech_length;
static struct { int64_t from, to; } late[lates];
static unsigned late_count;

static int bound(uint16_t port) {
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (descriptor < 0) die("socket");
  if (!bind(descriptor, (void *)&own, sizeof own)) return descriptor;
  close(descriptor);
  return -1;
}

void media_open(void) {
  uint16_t port = 10000 + run % 1000 * 2;
  for (int slot = 0; slot < slots; port += 2) {
    if (port > 19990) die("no ports");
    int one = bound(port), two = one < 0 ? -1 : bound(port + 1);
    if (two < 0) { if (one >= 0) close(one); continue; }
    int on = 1, size = 8 << 20;
    if (setsockopt(one, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size)) setsockopt(one, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (setsockopt(one, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on)) die("SO_TIMESTAMPNS");
    if (setsockopt(one, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on)) die("SO_RXQ_OVFL");
    sockets[slot] = one;
    neighbours[slot] = two;
    ports[slot++] = port;
  }
  FILE *file = fopen(options.speech, "rb");
  if (!file) die(options.speech);
  speech = malloc(1 << 24);
  if (!speech) die("malloc");
  speech_length = (uint32_t)fread(speech, 1, 1 << 24, file) / 160 * 160;
  fclose(file);
  if (!speech_length) die("speech");
}

uint16_t media_port(const struct call *call) { return ports[call->index % slots]; }

void media_begin(struct call *call) {
  call_of_port[call->port] = call->index + 1;
  call->sequence = (uint16_t)(call->index * 7919);
  call->stamp = call->index * 104729;
  // Not all say the same at the same time.
  call->offset = call->index * 7 % (speech_length / 160) * 160;
}

void media_end(struct call *call) {
  if (call_of_port[call->port] == call->index + 1) call_of_port[call->port] = 0;
}

void media_send(const uint32_t *members, int count, int slot) {
  static struct mmsghdr messages[batch];
  static struct iovec parts[batch][2];
  static struct sockaddr_in targets[batch];
  static uint8_t heads[batch][12];
  for (int next = 0; next < count;) {
    int ready = 0;
    for (; next < count && ready < batch; next++) {
      struct call *call = &calls[members[next]];
      if (call->state != talking || !call->speaks) continue;
      uint8_t *head = heads[ready];
      uint32_t source = htonl(call->index + 0x10000000), stamp = htonl(call->stamp);
      uint16_t sequence = htons(call->sequence);
      head[0] = 0x80;
      head[1] = 0;
      memcpy(head + 2, &sequence, 2);
      memcpy(head + 4, &stamp, 4);
      memcpy(head + 8, &source, 4);
      parts[ready][0] = (struct iovec){head, 12};
      parts[ready][1] = (struct iovec){speech + call->offset, 160};
      targets[ready] = options.server;
      targets[ready].sin_port = htons(call->port);
      messages[ready].msg_hdr = (struct msghdr){
        .msg_name = &targets[ready], .msg_namelen = sizeof targets[ready], .msg_iov = parts[ready], .msg_iovlen = 2};
      call->sequence++;
      call->stamp += 160;
      call->offset = (call->offset + 160) % speech_length;
      // Now and then it goes on elsewhere: the same words three times over would be taken for an announcement in a loop.
      if (call->stamp / 160 % 67 == 0) call->offset = call->stamp * 2654435761u % (speech_length / 160) * 160;
      ready++;
    }
    for (int done = 0; done < ready;) {
      int sent = sendmmsg(sockets[slot], messages + done, ready - done, 0);
      // An error belongs to the first of them: a port that is closed by now, mostly.
      if (sent > 0) { figures.packets_out += sent; done += sent; } else { figures.packets_refused++; done++; }
    }
  }
}

void clock_was_late(int64_t from, int64_t to) {
  late[late_count % lates].from = from;
  late[late_count++ % lates].to = to;
}

// Whether this program, too, had to wait for a processor for 5 ms of that time.
static bool we_waited(int64_t from, int64_t to) {
  for (unsigned i = 0; i < lates && i < late_count; i++) {
    int64_t begin = late[i].from > from ? late[i].from : from, end = late[i].to < to ? late[i].to : to;
    if (end - begin > 5000000) return true;
  }
  return false;
}

// A gap is how much later than its predecessor a packet came, where 20 ms of sound lie between them; where a pause in
// the sound is meant (a marker, RFC 3550 §5.1) there is none.
static void heard(struct call *call, const uint8_t *packet, int64_t at) {
  uint16_t sequence = (uint16_t)(packet[2] << 8 | packet[3]);
  uint32_t stamp, source;
  memcpy(&stamp, packet + 4, 4);
  memcpy(&source, packet + 8, 4);
  stamp = ntohl(stamp);
  figures.packets_in++;
  int16_t step = (int16_t)(sequence - call->last_sequence);
  if (call->heard && source == call->source) {
    if (step <= 0) { figures.reordered++; if (step < 0 && figures.lost) figures.lost--; return; }
    figures.lost += step - 1;
    int32_t sound = (int32_t)(stamp - call->last_stamp);
    if (!(packet[1] & 0x80) && sound > 0 && sound <= 8000) {
      double gap = (double)(at - call->arrived) / 1e6 - sound / 8.0 + 20;
      note(&figures.gap, gap);
      if (gap > call->largest_gap) call->largest_gap = gap;
      if (gap > 25) {
        figures.late_gaps++;
        if (we_waited(call->arrived, at)) figures.late_gaps_with_us++;
      }
    }
  }
  call->heard = true;
  call->last_sequence = sequence;
  call->last_stamp = stamp;
  call->source = source;
  call->arrived = at;
}

void media_receive(int slot) {
  static struct mmsghdr messages[batch];
  static struct iovec parts[batch];
  static struct sockaddr_in senders[batch];
  static uint8_t packets[batch][packet_size];
  static char notes[batch][128];
  for (int count = batch; count == batch;) {
    for (int i = 0; i < batch; i++) {
      parts[i] = (struct iovec){packets[i], packet_size};
      messages[i].msg_hdr = (struct msghdr){.msg_name = &senders[i], .msg_namelen = sizeof senders[i],
        .msg_iov = &parts[i], .msg_iovlen = 1, .msg_control = notes[i], .msg_controllen = sizeof notes[i]};
    }
    count = recvmmsg(sockets[slot], messages, batch, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
      int64_t at = arrival(&messages[i].msg_hdr, 0, &drops[slot]);
      uint32_t owner = call_of_port[ntohs(senders[i].sin_port)];
      const uint8_t *packet = packets[i];
      if (!owner || messages[i].msg_len < 12 || packet[0] >> 6 != 2) { figures.strays++; continue; }
      if ((packet[1] & 0x7f) < 72) heard(&calls[owner - 1], packet, at);
    }
  }
}
