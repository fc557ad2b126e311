// The load generator of `make bench`: places calls, speaks, listens, measures and hangs up. Usage: see `usage` below.
// It prints "up N" once all calls are up, "down" when the first one is hung up, and JSON at the end.
#include "caller.h"
#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>

struct options options = {.from = "100", .domain = "example.org", .speech = "sipp-scenarios/media/speech.ulaw",
  .to = "03102", .calls = 100, .rate = 100, .seconds = 15, .greeting = 8, .hold = 20, .first = 10000};
struct figures figures;
struct call *calls;
struct phone *phones;
uint32_t run;
int sip_socket;
uint16_t sip_port;

static uint32_t *members[slots];       // calls that are going on, by slot
static int member_count[slots];
static int64_t start, up_at, down_at;  // ns of the wall clock
static double spoken_to;               // begun so far

static const char usage[] =
  "usage: caller MODE [name=value …]\n"
  "  play         calls=N to=NUMBER seconds=S speak=0|1   all listen to one greeting for S seconds once all are up\n"
  "  mixed        calls=N to=NUMBER other=NUMBER          the same; every other one leaves a message at the other number\n"
  "  deposit      calls=N to=NUMBER greeting=8 hold=20    listens, speaks, hangs up\n"
  "  signalling   rate=R seconds=S hold=2                 R calls a second for S seconds\n"
  "  register     phones=N rate=R seconds=S               all register, then refresh R times a second\n"
  "  subscribe    phones=N rate=R seconds=S               the same with lamps\n"
  "  lamps        phones=N rate=R seconds=S               all subscribe; then R messages a second are left for them\n"
  "everywhere     server=127.0.0.1:5060 rate=R (new calls a second) first=10000 (number of the first phone; its password\n"
  "               is lamp-NUMBER) spread=N (calls go to the N mailboxes from `first` on, behind `to`) from= domain= speech=\n";

int64_t wall(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000000000ll + now.tv_nsec;
}

// When the kernel got a datagram, or `otherwise` where it does not say; and what the socket has dropped since is counted.
int64_t arrival(struct msghdr *message, int64_t otherwise, uint32_t *drops) {
  int64_t at = otherwise;
  for (struct cmsghdr *each = CMSG_FIRSTHDR(message); each; each = CMSG_NXTHDR(message, each)) {
    if (each->cmsg_level != SOL_SOCKET) continue;
    if (each->cmsg_type == SO_TIMESTAMPNS) {
      struct timespec stamp;
      memcpy(&stamp, CMSG_DATA(each), sizeof stamp);
      at = stamp.tv_sec * 1000000000ll + stamp.tv_nsec;
    } else if (each->cmsg_type == SO_RXQ_OVFL) {
      uint32_t dropped;
      memcpy(&dropped, CMSG_DATA(each), sizeof dropped);
      figures.own_drops += dropped - *drops;
      *drops = dropped;
    }
  }
  return at;
}

void die(const char *what) { perror(what); exit(1); }

static bool is(const char *mode) { return !strcmp(options.mode, mode); }

static void option(const char *word) {
  const char *value = strchr(word, '=');
  if (!value) { fputs(usage, stderr); exit(2); }
  size_t length = value++ - word;
  #define named(name) (length == strlen(name) && !strncmp(word, name, length))
  if (named("server")) {
    char host[64] = "";
    int port = 5060;
    sscanf(value, "%63[^:]:%d", host, &port);
    options.server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, host, &options.server.sin_addr) != 1) die("server");
  } else if (named("calls")) options.calls = atoi(value);
  else if (named("phones")) options.phones = atoi(value);
  else if (named("first")) options.first = atoi(value);
  else if (named("spread")) options.spread = atoi(value);
  else if (named("rate")) options.rate = atof(value);
  else if (named("seconds")) options.seconds = atof(value);
  else if (named("greeting")) options.greeting = atof(value);
  else if (named("hold")) options.hold = atof(value);
  else if (named("speak")) options.speak = atoi(value);
  else if (named("to")) options.to = value;
  else if (named("other")) options.other = value;
  else if (named("from")) options.from = value;
  else if (named("domain")) options.domain = value;
  else if (named("speech")) options.speech = value;
  else { fputs(usage, stderr); exit(2); }
}

static void begin(uint32_t index, int64_t now) {
  struct call *call = &calls[index];
  int slot = index % slots;
  call->index = index;
  call->state = inviting;
  call->begun = now;
  members[slot][member_count[slot]++] = index;
  figures.begun++;
  call_send(call, INVITE);
}

static void hang_up(struct call *call) {
  if (!down_at) { down_at = wall(); printf("down\n"); fflush(stdout); }
  call->state = leaving;
  call->speaks = false;
  if (is("lamps")) {
    struct phone *phone = &phones[call->index % options.phones];
    if (phone->left) figures.lamps_missing++;
    call_send(call, BYE);
    phone->left = call->sent;
    return;
  }
  call_send(call, BYE);
}

// What a call does next, looked at every 20 ms.
static void proceed(struct call *call, int64_t now) {
  call_again(call, now);
  if (call->state != talking || call->pending != none) return;
  double since = (double)(now - call->answered) / 1e9;
  if (is("play") || is("mixed")) {
    call->speaks = options.speak;
    // One after the other, as they came.
    double leave = options.seconds + call->index / options.rate;
    if (up_at && (double)(now - up_at) / 1e9 > leave) hang_up(call);
  } else if (is("deposit")) {
    call->speaks = since > options.greeting;
    if (since > options.greeting + options.hold) hang_up(call);
  } else if (is("lamps")) {
    // The key ends the greeting; the tone comes; then there are three seconds to say it in.
    if (!call->keyed && since > 0.3) { call->keyed = true; call_send(call, INFO); return; }
    call->speaks = since > 1;
    if (since > 4.5) hang_up(call);
  } else {
    call->speaks = options.speak;
    if (since > options.hold) hang_up(call);
  }
}

static void serve_slot(int slot, int64_t now) {
  for (int i = 0; i < member_count[slot];) {
    struct call *call = &calls[members[slot][i]];
    proceed(call, now);
    if (call->state == over) members[slot][i] = members[slot][--member_count[slot]]; else i++;
  }
  media_send(members[slot], member_count[slot], slot);
  for (int i = slot; i < options.phones; i += slots) phone_again(&phones[i], now);
  media_receive((slot + slots / 2) % slots);
}

static int going_on(void) {
  int count = 0;
  for (int slot = 0; slot < slots; slot++) count += member_count[slot];
  return count;
}

static bool all_are_up(void) {
  for (int i = 0; i < options.calls; i++)
    if (calls[i].state == waiting || calls[i].state == inviting) return false;
  return true;
}

static bool phones_are_quiet(void) {
  for (int i = 0; i < options.phones; i++) if (phones[i].pending != none) return false;
  return true;
}

static void say_up(int64_t now, uint64_t count) {
  up_at = now;
  printf("up %lu\n", count);
  fflush(stdout);
}

// New calls, and requests of phones, at their times. True when nothing more is to come.
static bool work(int64_t now) {
  static uint64_t asked, refreshed;
  static int64_t quiet_since;
  enum method method = is("register") ? REGISTER : SUBSCRIBE;
  if (options.phones && !up_at) {
    // Five hundred a second to begin with, each of which is asked twice; that is no part of what is measured.
    for (; asked < (uint64_t)options.phones && (double)asked < (double)(now - start) / 2e6; asked++) {
      phones[asked].index = (uint32_t)asked;
      phone_send(&phones[asked], method);
    }
    if (asked == (uint64_t)options.phones && phones_are_quiet()) {
      if (!quiet_since) quiet_since = now;
      if (now - quiet_since < 1000000000ll) return false;
      say_up(now, figures.accepted);
      struct figures none = {.own_drops = figures.own_drops};
      figures = none;
      start = now;
    }
    return false;
  }
  double since = (double)(now - start) / 1e9;
  if (is("register") || is("subscribe")) {
    for (; (double)refreshed < since * options.rate && since < options.seconds; refreshed++) {
      struct phone *phone = &phones[refreshed % options.phones];
      if (phone->pending == none) phone_send(phone, method); else figures.lost_dialogs++;
    }
    if (since < options.seconds) return false;
    if (!down_at) { down_at = now; printf("down\n"); fflush(stdout); }
    return phones_are_quiet();
  }
  int due = (int)(since * options.rate) + 1;
  for (; spoken_to < due && spoken_to < options.calls; spoken_to++) begin((uint32_t)spoken_to, now);
  if (spoken_to < options.calls) return false;
  if (!up_at && all_are_up()) say_up(now, figures.answered);
  if (going_on()) { quiet_since = now; return false; }
  // The last lamps, and answers that are sent again.
  return now - quiet_since > 2000000000ll;
}

static void loop(void) {
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  start = wall();
  int64_t before = start;
  for (uint64_t tick = 0;; tick++) {
    next.tv_nsec += tick_ns;
    if (next.tv_nsec >= 1000000000) { next.tv_nsec -= 1000000000; next.tv_sec++; }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    struct timespec real;
    clock_gettime(CLOCK_MONOTONIC, &real);
    double late = (double)(real.tv_sec - next.tv_sec) * 1e3 + (double)(real.tv_nsec - next.tv_nsec) / 1e6;
    int64_t now = wall();
    note(&figures.clock, late);
    if (now - before > 3 * tick_ns) clock_was_late(before, now);
    sip_receive();
    bool done = work(now);
    serve_slot((int)(tick % slots), now);
    before = wall();
    if (done) break;
  }
}

int main(int count, char **words) {
  if (count < 2) { fputs(usage, stderr); return 2; }
  options.mode = words[1];
  option("server=127.0.0.1:5060");
  if (is("signalling")) { options.hold = 2; options.seconds = 10; }
  if (is("mixed")) { options.other = "03101"; options.speak = true; }
  if (is("lamps")) { options.to = "03"; options.phones = 10000; options.calls = 0; }
  if (is("register") || is("subscribe")) { options.phones = 10000; options.calls = 0; options.rate = 2000; }
  static const char *const modes[] = {"play", "mixed", "deposit", "signalling", "register", "subscribe", "lamps"};
  bool known = false;
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) known |= is(modes[i]);
  if (!known) { fputs(usage, stderr); return 2; }
  for (int i = 2; i < count; i++) option(words[i]);
  if (is("signalling") || is("lamps")) options.calls = (int)(options.rate * options.seconds);
  if (is("lamps")) options.spread = options.phones;
  run = (uint32_t)(wall() / 1000000) & 0xffffff;
  calls = calloc((size_t)options.calls + 1, sizeof *calls);
  phones = calloc((size_t)options.phones + 1, sizeof *phones);
  for (int slot = 0; slot < slots; slot++) members[slot] = calloc((size_t)options.calls / slots + 1, sizeof **members);
  if (!calls || !phones) die("calloc");
  prctl(PR_SET_TIMERSLACK, 1);
  // Callers do not have to wait for the server's processors; who may not ask for that (root may) is none the worse.
  setpriority(PRIO_PROCESS, 0, -10);
  sip_open();
  media_open();
  int64_t begun = wall();
  loop();
  for (int i = 0; i < options.phones; i++) figures.lamps_missing += phones[i].left != 0;
  report((double)(wall() - begun) / 1e9);
  return 0;
}
