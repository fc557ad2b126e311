// Large values that many hold at a time: whoever holds one holds a reference.

/// A value behind a reference, which nobody can tell from the value itself: a copy is one reference counted, and a
/// change changes what nobody else holds. Requests and settings are handed from one async function to the next for as
/// long as a call lasts; each of their frames would hold some hundred bytes of them, and every copy would count the
/// references of each string in them.
@propertyWrapper
public struct Boxed<Value: Hashable & Sendable>: Hashable, Sendable {
    /// `@unchecked Sendable`: `value` is only changed while there is one reference to the box, by who holds that.
    @usableFromInline
    final class Box: @unchecked Sendable {
        @usableFromInline var value: Value
        @usableFromInline init(_ value: Value) { self.value = value }
    }
    @usableFromInline var box: Box

    @inlinable
    public init(wrappedValue: Value) { box = Box(wrappedValue) }

    @inlinable public var wrappedValue: Value {
        _read { yield box.value }
        _modify {
            if !isKnownUniquelyReferenced(&box) { box = Box(box.value) }
            yield &box.value
        }
    }

    public static func == (one: Self, other: Self) -> Bool {
        one.box === other.box || one.box.value == other.box.value
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(box.value) }
}
