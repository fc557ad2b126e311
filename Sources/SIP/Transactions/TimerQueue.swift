// Every deadline of an endpoint: a binary heap whose entries know their place, so that a deadline can be moved or
// taken back at once and the queue never holds more than one entry for each thing that waits.

struct TimerQueue<Owner> {
    /// The way back to one's entry; spent once the entry has been popped or taken back.
    struct Token: Hashable { fileprivate let slot: Int }

    private struct Entry {
        var deadline: Duration
        var owner: Owner
        var slot: Int
    }
    private var heap: [Entry] = []
    /// Where in the heap the entry of a slot is.
    private var places: [Int] = []
    private var freeSlots: [Int] = []

    var count: Int { heap.count }
    var next: Duration? { heap.first?.deadline }

    /// Starts, moves or takes back (`deadline` nil) a deadline.
    mutating func set(_ token: inout Token?, to deadline: Duration?, owner: @autoclosure () -> Owner) {
        switch (token, deadline) {
        case (nil, nil):
            break
        case (nil, let deadline?):
            let slot = freeSlots.popLast() ?? places.count
            if slot == places.count { places.append(0) }
            heap.append(Entry(deadline: deadline, owner: owner(), slot: slot))
            places[slot] = heap.count - 1
            rise(heap.count - 1)
            token = Token(slot: slot)
        case (let known?, let deadline?):
            let place = places[known.slot]
            guard heap[place].deadline != deadline else { return }
            heap[place].deadline = deadline
            sink(rise(place))
        case (let known?, nil):
            _ = remove(at: places[known.slot])
            token = nil
        }
    }

    /// The owner of the first deadline that is reached; its token is spent.
    mutating func popDue(_ now: Duration) -> Owner? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        return remove(at: 0).owner
    }

    private mutating func remove(at place: Int) -> Entry {
        exchange(place, heap.count - 1)
        let removed = heap.removeLast()
        freeSlots.append(removed.slot)
        if place < heap.count { sink(rise(place)) }
        return removed
    }

    @discardableResult
    private mutating func rise(_ start: Int) -> Int {
        var place = start
        while place > 0, heap[place].deadline < heap[(place - 1) / 2].deadline {
            exchange(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
        return place
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
                if heap[child].deadline < heap[least].deadline { least = child }
            }
            guard least != place else { return }
            exchange(place, least)
            place = least
        }
    }

    private mutating func exchange(_ first: Int, _ second: Int) {
        heap.swapAt(first, second)
        places[heap[first].slot] = first
        places[heap[second].slot] = second
    }
}
