// Every deadline of an endpoint: a binary heap whose entries know their place, so that a deadline can be moved or
// taken back at once and the queue never holds more than one entry for each thing that waits.

struct TimerQueue<Owner> {
    /// The way back to one's entry; spent once the entry has been popped or taken back.
    struct Token: Hashable { fileprivate let slot: Int }

    /// Owners stay where they are: what moves is only when and which.
    private struct Entry {
        var deadline: Duration
        var slot: Int
    }
    private struct Slot {
        var owner: Owner?
        /// Where in the heap its entry is.
        var place: Int
    }
    private var heap: [Entry] = []
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []

    var count: Int { heap.count }
    var next: Duration? { heap.first?.deadline }

    /// Starts, moves or takes back (`deadline` nil) a deadline.
    mutating func set(_ token: inout Token?, to deadline: Duration?, owner: @autoclosure () -> Owner) {
        switch (token, deadline) {
        case (nil, nil):
            break
        case (nil, let deadline?):
            let slot = freeSlots.popLast() ?? slots.count
            let new = Slot(owner: owner(), place: heap.count)
            if slot == slots.count { slots.append(new) } else { slots[slot] = new }
            heap.append(Entry(deadline: deadline, slot: slot))
            rise(heap.count - 1)
            token = Token(slot: slot)
        case (let known?, let deadline?):
            let place = slots[known.slot].place
            guard heap[place].deadline != deadline else { return }
            heap[place].deadline = deadline
            sink(rise(place))
        case (let known?, nil):
            _ = remove(at: slots[known.slot].place)
            token = nil
        }
    }

    /// The owner of the first deadline that is reached; its token is spent.
    mutating func popDue(_ now: Duration) -> Owner? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        return remove(at: 0)
    }

    private mutating func remove(at place: Int) -> Owner? {
        let slot = heap[place].slot
        let last = heap.removeLast()
        if place < heap.count {
            put(last, at: place)
            sink(rise(place))
        }
        freeSlots.append(slot)
        return slots[slot].owner.take()
    }

    @discardableResult
    private mutating func rise(_ start: Int) -> Int {
        let entry = heap[start]
        var place = start
        while place > 0, entry.deadline < heap[(place - 1) / 2].deadline {
            put(heap[(place - 1) / 2], at: place)
            place = (place - 1) / 2
        }
        put(entry, at: place)
        return place
    }

    private mutating func sink(_ start: Int) {
        let entry = heap[start]
        var place = start
        while 2 * place + 1 < heap.count {
            var child = 2 * place + 1
            if child + 1 < heap.count, heap[child + 1].deadline < heap[child].deadline { child += 1 }
            guard heap[child].deadline < entry.deadline else { break }
            put(heap[child], at: place)
            place = child
        }
        put(entry, at: place)
    }

    private mutating func put(_ entry: Entry, at place: Int) {
        heap[place] = entry
        slots[entry.slot].place = place
    }
}
