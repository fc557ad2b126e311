"""The results as JSON and as a page with plots, drawn by hand: no library is worth its weight for a few lines."""

import html
import json
import math
import os

COLOURS = ["#1f6f8b", "#c2571a", "#4c8c2b", "#7b4fa3", "#888888"]
WIDTH, HEIGHT, LEFT, BOTTOM = 520, 300, 56, 40


def _ticks(largest):
    step = 10 ** math.floor(math.log10(largest or 1))
    step = next(each for each in (step / 5, step / 2, step, step * 2) if largest / each <= 6)
    return [step * each for each in range(int(largest / step) + 2)]


def plot(title, unit, series, limit=None):
    """`series`: names with (calls, value) points. The horizontal axis is logarithmic."""
    points = [point for _, line in series for point in line]
    if not points:
        return ""
    loads = sorted({calls for calls, _ in points})
    ticks = _ticks(max([value for _, value in points] + ([limit] if limit else [])))
    low, high, top = math.log(loads[0]), math.log(loads[-1]), ticks[-1] or 1

    def across(calls):
        return LEFT + (WIDTH - LEFT - 20) * ((math.log(calls) - low) / (high - low) if high > low else 0.5)

    def down(value):
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 20) * value / top

    parts = [f'<figure><figcaption>{html.escape(title)}</figcaption><svg viewBox="0 0 {WIDTH} {HEIGHT}">']
    for tick in ticks:
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - 20}" y1="{down(tick):.1f}" y2="{down(tick):.1f}"/>'
                     f'<text x="{LEFT - 6}" y="{down(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for calls in loads:
        parts.append(f'<text x="{across(calls):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{calls}</text>')
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 6}" text-anchor="middle">calls</text>'
                 f'<text x="4" y="12">{html.escape(unit)}</text>')
    if limit:
        parts.append(f'<line class="limit" x1="{LEFT}" x2="{WIDTH - 20}" y1="{down(limit):.1f}" y2="{down(limit):.1f}"/>')
    for number, (name, line) in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{across(calls):.1f},{down(value):.1f}" for calls, value in sorted(line))
        parts.append(f'<polyline points="{path}" stroke="{colour}"/>')
        parts += [f'<circle cx="{across(calls):.1f}" cy="{down(value):.1f}" r="3" fill="{colour}"><title>{calls}: '
                  f'{value:.4g}</title></circle>' for calls, value in line]
        parts.append(f'<text x="{LEFT + 8}" y="{32 + 15 * number}" fill="{colour}">{html.escape(name)}</text>')
    return "".join(parts) + "</svg></figure>"


def failures(row):
    """What of a row does not hold."""
    found = []
    heard = row.get("heard") or {}
    for key, limit, text in (
            ("cost", row.get("limit"), "{:.3f} " + row["unit"]), ("ratio", row.get("ratio_limit"), "{:.2f} x floor"),
            ("kB", row.get("kB_limit"), "{:.0f} kB a call"), ("lamp_p99", row.get("lamp_limit"), "lamp p99 {:.1f} ms"),
            ("kB_transaction", row.get("kB_transaction_limit"), "{:.2f} kB a transaction"),
            ("disk_ratio", 1.05, "{:.3f} bytes on disk for one of audio"), ("missing", 0, "{} missing")):
        if limit is not None and key in row and row[key] > limit:
            found.append(text.format(row[key]) + f" (limit {limit})")
    if heard:
        ours = heard["gaps_over_25"] - heard["gaps_over_25_while_we_waited"]
        if ours:
            found.append(f"{ours} RTP gaps over 25 ms, the largest {heard['gap']['largest']:.1f} ms")
        for key, text in (("lost", "packets lost"), ("unanswered", "requests without an answer"),
                          ("invites_again", "INVITEs sent again"), ("others_again", "other requests sent again"),
                          ("finals_again", "answers repeated by the server"),
                          ("requests_again", "requests repeated by the server"),
                          ("lost_dialogs", "calls ended by the server")):
            if heard[key]:
                found.append(f"{heard[key]} {text}")
        if heard["refused"]:
            found.append(f"refused: {heard['refused']}")
    return found


def say_what_does_not_hold(results):
    print("\nwhat does not hold:")
    lines = [f"  {row['what']}, {row['calls']}: {each}" for row in results["rows"] for each in failures(row)]
    print("\n".join(lines) if lines else "  nothing")


def _lines(rows, key, names):
    return [(short, [(row["calls"], row[key]) for row in rows if row["what"].split(" (")[0] == long and key in row])
            for short, long in names]


def write(results, directory):
    os.makedirs(directory, exist_ok=True)
    rows = results["rows"]
    with open(os.path.join(directory, "results.json"), "w") as file:
        json.dump(results, file, indent=1)
    names = [("playing", "playing"), ("playing to callers who speak", "playing to callers who speak"),
             ("deposits", "deposits")]
    calls = [row for row in rows if "floor" in row and row["unit"] == "ms a call-second"]
    floors = sorted({(row["calls"], row["floor"]) for row in calls})
    gaps = [{**row, "gap": row["heard"]["gap"]["largest"], "gap999": row["heard"]["gap"]["p99.9"]} for row in calls]
    present = lambda lines: [(name, line) for name, line in lines if line]  # noqa: E731
    plots = [
        plot("Processor time of a call-second", "ms", present([*_lines(calls, "cost", names), ("bare sockets", floors)]), 0.12),
        plot("The same as a ratio to bare sockets", "", present(_lines(calls, "ratio", names)), 3),
        plot("Memory of a call", "kB", present(_lines(calls, "kB", names)), 40),
        plot("Largest RTP gap", "ms", present(_lines(gaps, "gap", names)), 25),
    ]
    table = "".join(
        f"<tr><td>{html.escape(row['what'])}</td><td>{row['calls']}</td><td>{row['cost']:.4f} {html.escape(row['unit'])}</td>"
        f"<td>{format(row['ratio'], '.2f') if 'ratio' in row else ''}</td><td>{format(row['kB'], '.0f') if 'kB' in row else ''}</td>"
        f"<td>{row['heard']['gap']['largest'] if row.get('heard') and row['heard']['gap']['count'] else ''}</td>"
        f"<td>{row['heard']['lost'] if row.get('heard') else ''}</td>"
        f"<td>{html.escape('; '.join(failures(row)))}</td><td>{html.escape('; '.join(row['doubts']))}</td></tr>"
        for row in rows)
    heads = "what|calls|processor time|x floor|kB a call|largest gap (ms)|lost|does not hold|not to be trusted because".split("|")
    machine = results.get("machine", {})
    with open(os.path.join(directory, "index.html"), "w") as file:
        file.write(f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Lamplighter, measured</title><style>
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 1150px; padding: 0 1em }}
figure {{ display: inline-block; width: 520px; margin: 0 1em 1em 0 }} figcaption {{ font-weight: 600 }}
svg {{ width: 100%; font-size: 12px }} polyline {{ fill: none; stroke-width: 2 }} .grid {{ stroke: #ddd }}
.limit {{ stroke: #c00; stroke-dasharray: 5 4 }} table {{ border-collapse: collapse; font-size: 13px }}
td, th {{ border-bottom: 1px solid #ddd; padding: 3px 8px; text-align: left; vertical-align: top }}</style>
<h1>Lamplighter, measured</h1><p>{html.escape(str(machine.get('date')))}, {machine.get('processors')} processors
({html.escape(str(machine.get('model')))}), Linux {html.escape(str(machine.get('kernel')))}. Dashed: what is to be held.</p>
{''.join(plots)}<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{table}</table></html>""")
    print(f"\nwritten: {os.path.join(directory, 'index.html')}, results.json")
