// What the parts of the load generator share. One process, one thread, one clock: it wakes every millisecond and never in
// between, so a packet that comes wakes nobody up and costs its sender no more than the socket does. When something came
// is told by the kernel's time stamp, so that it does not matter when this program looked.
#ifndef CALLER_H
#define CALLER_H
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

// The 20 ms of a packet are divided into as many slots; a call belongs to one, and so do its packets.
enum { slots = 20, tick_ns = 1000000, bins = 20000, longest_message = 4096 };

// Counts in steps of 0.1 ms.
struct spread { uint64_t count[bins], total; double largest; };
void note(struct spread *spread, double milliseconds);
double share_below(const struct spread *spread, double share);
uint64_t above(const struct spread *spread, double milliseconds);

enum state { waiting, inviting, talking, leaving, over };
enum method { none, INVITE, ACK, BYE, INFO, REGISTER, SUBSCRIBE };

struct call {
  uint32_t index, cseq;
  enum state state;
  enum method pending;             // the request that has not been answered
  bool keyed, was_answered;
  int64_t begun, answered, sent, again;  // ns of the wall clock
  int interval;                    // ms until it is sent again
  char tag[80], target[160];
  uint16_t port;                   // where the other side takes RTP
  // What we send.
  bool speaks;
  uint16_t sequence;
  uint32_t stamp, offset;
  // What we hear.
  bool heard;
  uint16_t last_sequence;
  uint32_t last_stamp, source;
  int64_t arrived;
  double largest_gap;
};

struct phone {
  uint32_t index, cseq, count, notify;   // count: how often the nonce was used
  enum method pending;
  bool subscribed, challenged, lit;
  int64_t sent, again, left;             // left: when a message for it was left
  int interval;
  char nonce[96], tag[80], target[160], call[40];
};

struct options {
  const char *mode, *to, *other, *from, *domain, *speech;
  struct sockaddr_in server;
  int calls, phones, first, spread;
  double rate, seconds, greeting, hold, ramp;
  bool speak, subscribe, binding;
};
extern struct options options;

struct figures {
  uint64_t begun, answered, ended, refused[700], unanswered, lost_dialogs;
  uint64_t invites_again, others_again, finals_again, requests_again;
  uint64_t requests, accepted, challenges, notifies, lamps, lamps_missing;
  uint64_t packets_out, packets_refused, packets_in, strays, lost, reordered, own_drops, late_gaps, late_gaps_with_us;
  struct spread dialling, answering, gap, clock, lamp;
};
extern struct figures figures;

extern struct call *calls;
extern struct phone *phones;
extern uint32_t run;                 // tells this run's dialogs from those of another
extern int sip_socket;
extern uint16_t sip_port;
extern bool stopping;

int64_t wall(void);
int64_t arrival(struct msghdr *message, int64_t otherwise, uint32_t *drops);
void die(const char *what);

void sip_open(void);
void sip_receive(void);
void sip_transmit(const char *text, int length);
void call_send(struct call *call, enum method method);
void call_again(struct call *call, int64_t now);

void media_open(void);
uint16_t media_port(const struct call *call);
void media_begin(struct call *call);
void media_end(struct call *call);
void media_send(const uint32_t *members, int count, int slot);
void media_receive(int slot);
void clock_was_late(int64_t from, int64_t to);

void phone_send(struct phone *phone, enum method method);
void phone_again(struct phone *phone, int64_t now);
void phone_response(struct phone *phone, int status, uint32_t cseq, const char *message, int64_t at);
void phone_notified(struct phone *phone, uint32_t cseq, const char *message, int64_t at);
void digest_secret(char out[33], const char *user, const char *realm, const char *password);
void digest_response(char out[33], const char *secret, const char *nonce, uint32_t count, const char *method, const char *uri);

bool header(const char *message, const char *name, char *out, size_t size);
void report(double seconds);
#endif
