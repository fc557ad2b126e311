// What came of it: one line of JSON, and one for people.
#include "caller.h"
#include <sys/resource.h>

void note(struct spread *spread, double milliseconds) {
  int bin = milliseconds < 0 ? 0 : milliseconds * 10 >= bins ? bins - 1 : (int)(milliseconds * 10);
  spread->count[bin]++;
  spread->total++;
  if (milliseconds > spread->largest) spread->largest = milliseconds;
}

// Milliseconds that so large a share stays below, such as 0.99.
double share_below(const struct spread *spread, double share) {
  uint64_t wanted = (uint64_t)((double)spread->total * share), sum = 0;
  for (int i = 0; i < bins; i++)
    if ((sum += spread->count[i]) > wanted) return (i + 1) / 10.0 < spread->largest ? (i + 1) / 10.0 : spread->largest;
  return spread->largest;
}

uint64_t above(const struct spread *spread, double milliseconds) {
  uint64_t sum = 0;
  for (int i = (int)(milliseconds * 10); i < bins; i++) sum += spread->count[i];
  return sum;
}

static void print_spread(const char *name, const struct spread *spread) {
  printf(", \"%s\": {\"count\": %lu, \"median\": %.1f, \"p99\": %.1f, \"p99.9\": %.1f, \"largest\": %.1f}", name,
    spread->total, share_below(spread, 0.5), share_below(spread, 0.99), share_below(spread, 0.999), spread->largest);
}

void report(double seconds) {
  struct figures *f = &figures;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double own = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3
    + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
  uint64_t late_streams = 0, refused = 0;
  for (int i = 0; i < options.calls; i++) late_streams += calls[i].largest_gap > 25;
  for (int i = 0; i < 700; i++) refused += f->refused[i];
  fprintf(stderr,
    "%s: %lu calls, %lu answered in %.1f ms (p99), %lu refused, %lu without an answer, %lu ended well\n"
    "  sent again: %lu INVITEs, %lu others by us; %lu answers, %lu requests by the server\n"
    "  heard %lu packets, lost %lu (%lu more in our own sockets), out of order %lu; spoke %lu\n"
    "  gaps: largest %.1f ms, p99.9 %.1f ms, %lu over 25 ms, of which %lu while we, too, waited for a processor\n"
    "  own clock late by %.1f ms at most, %.1f ms p99; own processor time %.0f ms in %.1f s\n",
    options.mode, f->begun, f->answered, share_below(&f->dialling, 0.99), refused, f->unanswered, f->ended,
    f->invites_again, f->others_again, f->finals_again, f->requests_again, f->packets_in, f->lost, f->own_drops,
    f->reordered, f->packets_out, f->gap.largest, share_below(&f->gap, 0.999), f->late_gaps, f->late_gaps_with_us,
    f->clock.largest, share_below(&f->clock, 0.99), own, seconds);
  if (f->requests || f->notifies)
    fprintf(stderr, "  phones: %lu requests, %lu accepted, %lu challenged, p99 %.1f ms; %lu NOTIFYs\n", f->requests,
      f->accepted, f->challenges, share_below(&f->answering, 0.99), f->notifies);
  if (f->lamps || f->lamps_missing)
    fprintf(stderr, "  lamps: %lu told, p99 %.1f ms from the BYE, largest %.1f ms; %lu never\n", f->lamps,
      share_below(&f->lamp, 0.99), f->lamp.largest, f->lamps_missing);
  printf("{\"mode\": \"%s\", \"seconds\": %.1f, \"begun\": %lu, \"answered\": %lu, \"ended\": %lu, \"unanswered\": %lu, "
    "\"lost_dialogs\": %lu", options.mode, seconds, f->begun, f->answered, f->ended, f->unanswered, f->lost_dialogs);
  printf(", \"refused\": {");
  for (int i = 0, first = 1; i < 700; i++)
    if (f->refused[i]) { printf("%s\"%d\": %lu", first ? "" : ", ", i, f->refused[i]); first = 0; }
  printf("}, \"invites_again\": %lu, \"others_again\": %lu, \"finals_again\": %lu, \"requests_again\": %lu",
    f->invites_again, f->others_again, f->finals_again, f->requests_again);
  printf(", \"packets_out\": %lu, \"packets_refused\": %lu, \"packets_in\": %lu, \"strays\": %lu, \"lost\": %lu, "
    "\"reordered\": %lu, \"own_drops\": %lu", f->packets_out, f->packets_refused, f->packets_in, f->strays, f->lost,
    f->reordered, f->own_drops);
  printf(", \"gaps_over_25\": %lu, \"gaps_over_25_while_we_waited\": %lu, \"streams_with_gaps\": %lu", f->late_gaps,
    f->late_gaps_with_us, late_streams);
  printf(", \"requests\": %lu, \"accepted\": %lu, \"challenges\": %lu, \"notifies\": %lu, \"lamps\": %lu, "
    "\"lamps_missing\": %lu, \"own_ms\": %.0f, \"clock_late_over_5\": %lu", f->requests, f->accepted, f->challenges,
    f->notifies, f->lamps, f->lamps_missing, own, above(&f->clock, 5));
  print_spread("gap", &f->gap);
  print_spread("dialling", &f->dialling);
  print_spread("answering", &f->answering);
  print_spread("lamp", &f->lamp);
  print_spread("clock", &f->clock);
  printf("}\n");
}
