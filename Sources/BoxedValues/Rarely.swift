// Large values that most of those who could have one do not.

/// An optional value that takes one word while there is none.
@propertyWrapper
public indirect enum Rarely<Value: Sendable>: Sendable {
    case none
    case some(Value)

    @inlinable
    public init(wrappedValue: Value?) {
        self = wrappedValue.map { .some($0) } ?? .none
    }

    @inlinable public var wrappedValue: Value? {
        get { if case .some(let value) = self { value } else { nil } }
        set { self = Rarely(wrappedValue: newValue) }
    }
}
