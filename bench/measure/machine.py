"""What the machine did meanwhile: processor time by process and thread, memory, and whether somebody else took part."""

import os
import resource
import time

HZ = os.sysconf("SC_CLK_TCK")
PROCESSORS = os.cpu_count()


def _times(path):
    """Command and milliseconds of a stat file (proc(5)); none when it is gone."""
    try:
        with open(path) as file:
            text = file.read()
    except OSError:
        return None
    name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
    return name, (int(rest[11]) + int(rest[12])) * 1000 / HZ


def processor(pid):
    found = _times(f"/proc/{pid}/stat")
    return found[1] if found else 0.0


def threads(pid):
    """Milliseconds by thread."""
    found = {}
    try:
        names = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found
    for thread in names:
        one = _times(f"/proc/{pid}/task/{thread}/stat")
        if one:
            found[thread] = one
    return found


def memory(pid):
    """Resident kB."""
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("VmRSS"):
                return int(line.split()[1])
    return 0


def _machine():
    with open("/proc/stat") as file:
        words = [int(word) * 1000 / HZ for word in file.readline().split()[1:9]]
    user, nice, system, _, _, interrupts, soft, steal = words
    return user + nice + system + interrupts + soft, steal


class Watch:
    """Looks at a server from its making until `stop`. `helpers` are our own processes besides."""

    def __init__(self, server, helpers=()):
        self.server, self.helpers = server, list(helpers) + [os.getpid()]
        self.began = time.monotonic()
        self.own = processor(server)
        self.others = sum(processor(each) for each in self.helpers)
        self.threads = threads(server)
        self.machine = _machine()

    def stop(self):
        """Milliseconds of the server in all and by kind of thread, the seconds, and what the rest of the machine took."""
        seconds = time.monotonic() - self.began
        own = processor(self.server) - self.own
        helpers = sum(processor(each) for each in self.helpers) - self.others
        busy, steal = _machine()
        share = max(0.0, busy - self.machine[0] - own - helpers) / (seconds * 1000 * PROCESSORS)
        by_name = {}
        for thread, (name, spent) in threads(self.server).items():
            kind = name.rstrip("0123456789#-")
            before = self.threads.get(thread, (name, 0.0))[1]
            if spent > before:
                by_name[kind] = by_name.get(kind, 0.0) + spent - before
        return {
            "seconds": seconds, "ms": own, "threads": by_name, "helpers_ms": helpers, "strangers": share,
            "stolen": (steal - self.machine[1]) / (seconds * 1000 * PROCESSORS),
        }


class WatchOverAll:
    """What others took of the machine while processes ran that we started and waited for."""

    def __init__(self):
        self.began, self.machine, self.own = time.monotonic(), _machine(), self._ours()

    @staticmethod
    def _ours():
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(each.ru_utime + each.ru_stime for each in used) * 1000

    def stop(self):
        whole = (time.monotonic() - self.began) * 1000 * PROCESSORS
        busy, steal = _machine()
        return {"strangers": max(0.0, busy - self.machine[0] - self._ours() + self.own) / whole,
                "stolen": (steal - self.machine[1]) / whole}


def doubts(watch, result):
    """Why a figure is not to be trusted: in words, none when it is."""
    found = []
    if watch and watch["strangers"] > 0.05:
        found.append(f"other processes took {watch['strangers']:.0%} of the processors")
    if watch and watch["stolen"] > 0.01:
        found.append(f"{watch['stolen']:.0%} of the processors were stolen by the host")
    if result and result["clock"]["p99"] > 3:
        found.append(f"the generator's own clock was late by {result['clock']['p99']} ms (p99)")
    if result and result["own_drops"]:
        found.append(f"the generator's own sockets dropped {result['own_drops']} packets")
    return found
