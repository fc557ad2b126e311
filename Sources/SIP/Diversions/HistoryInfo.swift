// The way of a call as History-Info tells it (RFC 7044, and RFC 4244 before it): a list of addresses, each with its
// place in a tree of retargetings. Where our request came from is found by walking back from its own entry: `mp`
// leads to a party that diverted, `rc` and `np` to the same party under another address. Entries of the older RFC
// have no such marks; there, a cause or a Reason beside them tells a diversion from a mere change of address.

struct HistoryInfo {
    /// Those who diverted, the last one first.
    private(set) var parties: [DivertingParty] = []
    /// Addresses that gave way to another one without a reason: perhaps diverted, perhaps only translated.
    private(set) var changes: [DivertingParty] = []
    /// Whether there was a diversion, even if nothing is known of who diverted.
    private(set) var tellsDiversion = false

    private let entries: [DiversionEntry]

    init(of request: SIPRequest) {
        var entries = DiversionEntry.all("History-Info", of: request.head)
        // Not everybody adds an entry for us.
        if !entries.isEmpty, entries.last?.uri.number != request.uri.number {
            entries.append(DiversionEntry(uri: request.uri, parameters: []))
        }
        self.entries = entries
        walk(from: entries.endIndex - 1)
    }

    /// Always to an earlier entry, so that no tree makes it endless.
    private mutating func walk(from last: Int) {
        var place = last
        while place > 0 {
            let entry = entries[place]
            if let index = entry.parameters["mp"] {
                tellsDiversion = true
                guard let origin = self.place(of: index, before: place) else {
                    place -= 1
                    continue
                }
                place = samePartyFirst(origin)
                parties.append(party(at: place, reason: entry.cause ?? reason(ofPartyAt: place)))
            } else if let index = entry.parameters["rc"] ?? entry.parameters["np"] {
                place = self.place(of: index, before: place) ?? place - 1
            } else {
                place -= 1
                takeUnmarked(entry, after: place)
            }
        }
    }

    private mutating func takeUnmarked(_ entry: DiversionEntry, after place: Int) {
        let earlier = entries[place]
        if let reason = entry.cause ?? earlier.reason {
            tellsDiversion = true
            parties.append(party(at: samePartyFirst(place), reason: reason))
        } else if earlier.uri.number != entry.uri.number {
            changes.append(party(at: place, reason: nil))
        }
    }

    private func party(at place: Int, reason: DivertingReason?) -> DivertingParty {
        DivertingParty(entries[place].uri, reason ?? .unknown, isPrivate: entries[place].isPrivate)
    }

    /// Of the addresses of one party, the one that was called.
    private func samePartyFirst(_ place: Int) -> Int {
        var place = place
        while let index = entries[place].parameters["rc"] ?? entries[place].parameters["np"],
            let earlier = self.place(of: index, before: place)
        {
            place = earlier
        }
        return place
    }

    /// The Reason stands with the address at which the party was tried.
    private func reason(ofPartyAt place: Int) -> DivertingReason? {
        if let reason = entries[place].reason { return reason }
        let tried = entries.indices.last { $0 > place && entries[$0].reason != nil && samePartyFirst($0) == place }
        return tried.flatMap { entries[$0].reason }
    }

    private func place(of index: String, before place: Int) -> Int? {
        entries[..<place].lastIndex { $0.parameters["index"] == index }
    }
}
