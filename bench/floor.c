// The least that sockets cost on this machine, for `make bench` to compare with.
//   floor media CALLS SECONDS   every 20 ms one RTP-sized packet out and one in, for each call, on a socket each
//   floor signalling COUNT      datagrams of 600 bytes in and out
//   floor flood PORT RATE SECONDS junk|requests
//                               so many datagrams a second from 127.0.0.2: of bytes and broken messages, or of requests
//                               by strangers; says how many it could send
// The first two print milliseconds of processor time: for a call-second, and for a datagram in and one out.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) { perror(what); exit(1); }

static int udp(uint16_t port, struct sockaddr_in *address) {
  socklen_t length = sizeof *address;
  int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (descriptor < 0 || bind(descriptor, (void *)address, sizeof *address)) die("bind");
  if (getsockname(descriptor, (void *)address, &length)) die("getsockname");
  return descriptor;
}

static double processor_ms(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

// One end of all calls: on every tick sends a packet on each socket and takes what has come.
static void carry(const int *sockets, const struct sockaddr_in *peers, int calls, int ticks) {
  char packet[172] = {(char)0x80}, buffer[2048];
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  for (int tick = 0; tick < ticks; tick++) {
    for (int i = 0; i < calls; i++) {
      sendto(sockets[i], packet, sizeof packet, MSG_DONTWAIT, (const void *)&peers[i], sizeof peers[i]);
      recv(sockets[i], buffer, sizeof buffer, MSG_DONTWAIT);
    }
    next.tv_nsec += 20000000;
    if (next.tv_nsec >= 1000000000) { next.tv_nsec -= 1000000000; next.tv_sec++; }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
}

static int media(int calls, int seconds) {
  int *ours = calloc(calls, sizeof *ours), *theirs = calloc(calls, sizeof *theirs);
  struct sockaddr_in *our = calloc(calls, sizeof *our), *their = calloc(calls, sizeof *their);
  if (!ours || !theirs || !our || !their) die("calloc");
  for (int i = 0; i < calls; i++) { ours[i] = udp(0, &our[i]); theirs[i] = udp(0, &their[i]); }
  pid_t child = fork();
  if (child < 0) die("fork");
  carry(child ? ours : theirs, child ? their : our, calls, seconds * 50);
  if (!child) _exit(0);
  printf("%.5f\n", processor_ms() / ((double)calls * seconds));
  waitpid(child, NULL, 0);
  return 0;
}

static int signalling(int count) {
  struct sockaddr_in our, their;
  int ours = udp(0, &our), theirs = udp(0, &their);
  char message[600] = {0}, buffer[2048];
  pid_t child = fork();
  if (child < 0) die("fork");
  if (!child) {
    for (int i = 0; i < count; i++) {
      sendto(theirs, message, sizeof message, 0, (void *)&our, sizeof our);
      recv(theirs, buffer, sizeof buffer, 0);
    }
    _exit(0);
  }
  for (int i = 0; i < count; i++) {
    recv(ours, buffer, sizeof buffer, 0);
    sendto(ours, message, sizeof message, 0, (void *)&their, sizeof their);
  }
  printf("%.5f\n", processor_ms() / count);
  waitpid(child, NULL, 0);
  return 0;
}

// What a stranger sends: `kind` 0 is bytes without a meaning, 1 a message that is broken, then requests.
static int stranger(char *text, size_t size, int kind, uint64_t number) {
  static const char *const methods[] = {"OPTIONS", "REGISTER", "INVITE", "SUBSCRIBE"};
  if (kind == 0) {
    for (int i = 0; i < 400; i++) text[i] = (char)(number * 2654435761u >> (i % 24)) ^ (char)i;
    return 400;
  }
  const char *method = methods[number % 4];
  return snprintf(text, size,
    "%s sip:%lu@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:9;rport;branch=z9hG4bK%lu\r\nMax-Forwards: 70\r\n"
    "From: %s<sip:%lu@example.org>;tag=%lu\r\nTo: <sip:%lu@example.org>\r\nCall-ID: flood-%lu\r\nCSeq: 1 %s\r\n"
    "Contact: <sip:%lu@127.0.0.2:9>\r\nEvent: message-summary\r\nContent-Length: 0\r\n\r\n",
    method, number % 1000, number, kind == 1 ? "\"" : "", number % 1000, number, number % 1000, number, method, number % 1000);
}

static int flood(uint16_t port, int rate, int seconds, int requests) {
  enum { sources = 64 };
  int sockets[sources], sent = 0, refused = 0;
  struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < sources; i++) {
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1)};
    sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
    if (sockets[i] < 0 || bind(sockets[i], (void *)&own, sizeof own)) die("bind");
  }
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  uint64_t number = 0;
  char text[2048];
  for (int tick = 0; tick < seconds * 200; tick++) {
    for (int i = 0; i < rate / 200; i++, number++) {
      int length = stranger(text, sizeof text, requests ? 2 : (int)(number & 1), number);
      ssize_t taken = sendto(sockets[number % sources], text, length, MSG_DONTWAIT, (void *)&target, sizeof target);
      if (taken == length) sent++; else refused++;
    }
    next.tv_nsec += 5000000;
    if (next.tv_nsec >= 1000000000) { next.tv_nsec -= 1000000000; next.tv_sec++; }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
  }
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("sent %d, not taken %d, %.1f s behind\n", sent, refused,
    (double)(end.tv_sec - next.tv_sec) + (double)(end.tv_nsec - next.tv_nsec) / 1e9);
  return 0;
}

int main(int count, char **words) {
  if (count == 4 && !strcmp(words[1], "media")) return media(atoi(words[2]), atoi(words[3]));
  if (count == 3 && !strcmp(words[1], "signalling")) return signalling(atoi(words[2]));
  if (count == 6 && !strcmp(words[1], "flood"))
    return flood((uint16_t)atoi(words[2]), atoi(words[3]), atoi(words[4]), !strcmp(words[5], "requests"));
  fprintf(stderr, "usage: floor media CALLS SECONDS | signalling COUNT | flood PORT RATE SECONDS KIND\n");
  return 2;
}
