// Large values that many hold at a time: whoever holds one holds a reference.

/// A value behind a reference that nobody can tell from the value itself. Settings are handed from one async function
/// to the next for as long as a call lasts, and each of their frames would hold a few hundred bytes of them.
@propertyWrapper
public struct Boxed<Value: Hashable & Sendable>: Hashable, Sendable {
    private final class Box: Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }
    private var box: Box

    public init(wrappedValue: Value) { box = Box(wrappedValue) }

    public var wrappedValue: Value {
        get { box.value }
        set { box = Box(newValue) }
    }

    public static func == (one: Self, other: Self) -> Bool {
        one.box === other.box || one.box.value == other.box.value
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(box.value) }
}
