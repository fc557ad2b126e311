// What a caller's keys mean while he is greeted (B1): the mailbox's own table where it says something, else the caller
// menu of its key map. A key for the operator means nothing where there is none.
import CallControl
import Mailboxes

/// What a caller asks for by a key.
enum CallerWish: Hashable, Sendable {
    case skip
    /// It is the mailbox's owner (A4).
    case logIn
    /// To speak to whoever has this number.
    case reach(String)
    /// To leave the message in another mailbox, by its number.
    case mailbox(String)
}

struct CallerKeys: Sendable {
    private var wishes: [Key: CallerWish] = [:]

    init(_ mailbox: Mailbox, _ keys: Keys<CallerAction>) {
        let toOperator = mailbox.operatorNumber.map(CallerWish.reach)
        for key in keys.meaningful {
            switch keys[key] {
            case .skip: wishes[key] = .skip
            case .logIn: wishes[key] = .logIn
            case .reachOperator: wishes[key] = toOperator
            case nil: break
            }
        }
        for (name, target) in mailbox.settings.callerKeys {
            guard name.count == 1, let key = name.first.flatMap(Key.init(rawValue:)) else { continue }
            switch target {
            case .skip: wishes[key] = .skip
            case .logIn: wishes[key] = .logIn
            case .operatorNumber: wishes[key] = toOperator
            case .number(let number): wishes[key] = .reach(number)
            case .mailbox(let number): wishes[key] = .mailbox(number)
            case .nothing: wishes[key] = nil
            }
        }
    }

    subscript(key: Key) -> CallerWish? { wishes[key] }

    /// Every key that means something.
    var meaningful: Set<Key> { Set(wishes.keys) }

    /// The key of a wish, the same one of several every time; nil when there is none.
    func key(for wish: CallerWish) -> Key? {
        wishes.filter { $0.value == wish }.keys.min { $0.rawValue < $1.rawValue }
    }
}
