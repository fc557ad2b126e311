// Points in time, one for each key, found in order: a binary heap in which a moved or cancelled entry stays until it
// comes up and is then passed over. Times are seconds since 1970, given by the caller.

struct Deadlines<Key: Hashable & Sendable>: Sendable {
    private struct Entry {
        var time: Double
        var key: Key
    }
    private var times: [Key: Double] = [:]
    private var heap: [Entry] = []

    subscript(key: Key) -> Double? { times[key] }

    /// The earliest deadline.
    var next: Double? {
        mutating get {
            dropOutdated()
            return heap.first?.time
        }
    }

    mutating func set(_ key: Key, at time: Double) {
        guard times[key] != time else { return }
        times[key] = time
        if heap.count > 2 * times.count + 64 {
            heap = times.map { Entry(time: $1, key: $0) }.sorted { $0.time < $1.time }
        } else {
            heap.append(Entry(time: time, key: key))
            siftUp()
        }
    }

    mutating func cancel(_ key: Key) { times[key] = nil }

    /// Takes out one key whose time has come, earliest first.
    mutating func popDue(now: Double) -> Key? {
        dropOutdated()
        guard let first = heap.first, first.time <= now else { return nil }
        removeFirst()
        times[first.key] = nil
        return first.key
    }

    private mutating func dropOutdated() {
        while let first = heap.first, times[first.key] != first.time { removeFirst() }
    }

    private mutating func removeFirst() {
        guard let last = heap.popLast(), !heap.isEmpty else { return }
        heap[0] = last
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && heap[right].time < heap[left].time ? right : left
            guard heap[child].time < heap[parent].time else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }

    private mutating func siftUp() {
        var child = heap.count - 1
        while child > 0, heap[child].time < heap[(child - 1) / 2].time {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }
}
