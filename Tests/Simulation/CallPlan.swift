// What is going to happen in each call: drawn from the seed before it begins, for both ends.

@testable import SIP

struct CallPlan {
    enum Answer {
        case refuse(status: Int)
        /// 180 and 200 after so long.
        case accept(after: Duration)
        /// 183 with media, and 200 after so long.
        case early(after: Duration)
        /// Neither a final answer nor a sign.
        case ignore
    }

    enum Ending: CaseIterable {
        case callerHangsUp, serverHangsUp
        /// The caller's network is gone: nothing more comes from there.
        case callerDies
    }

    /// What the caller makes of a REFER.
    enum Referral: CaseIterable {
        case refused, reached, busy
        /// It is taken, and nothing is told of it.
        case untold

        /// What the server may think of it: a phone that is switched off says nothing.
        var outcomes: Set<ReferralOutcome> {
            switch self {
            case .refused: [.failed(status: 603), .failed(status: 408)]
            case .reached, .untold: [.transferred, .failed(status: 408)]
            case .busy: [.failed(status: 486), .transferred, .failed(status: 408)]
            }
        }
    }

    let number: Int
    let start: Duration
    /// Whether the server calls a phone, and not a caller the server.
    let isOutgoing: Bool
    let answer: Answer
    /// When the caller gives up if nobody has answered.
    let patience: Duration
    let ending: Ending
    /// From the answer on.
    let length: Duration
    /// The caller puts the call on hold that often, and presses that many keys.
    let holds: Int
    let keys: Int
    let hasReliableProvisionals: Bool
    /// The server passes the caller on before it hangs up.
    let referral: Referral?
    /// Who refreshes the call every 45 s; nil: there is no session timer.
    let refresher: String?

    init(number: Int, start: Duration, _ chance: inout Chance) {
        self.number = number
        self.start = start
        isOutgoing = chance.happens(0.15)
        let delay = chance.seconds(0...20)
        answer =
            switch Int.random(in: 0..<20, using: &chance) {
            case 0: .refuse(status: 404)
            case 1: .refuse(status: 486)
            case 2: .ignore
            case 3..<7: .early(after: delay)
            case 7..<12: .accept(after: .zero)
            default: .accept(after: delay)
            }
        // Close to the answer now and then, so that CANCEL and 200 cross.
        let isCloseCall = chance.happens(0.1)
        let isImpatient = chance.happens(0.2)
        patience = isCloseCall ? delay + chance.seconds(0...0.2) : .seconds(isImpatient ? 8 : 240)
        let kind = Int.random(in: 0..<20, using: &chance)
        ending = kind == 0 ? .callerDies : kind < 10 ? .callerHangsUp : .serverHangsUp
        refresher = chance.happens(0.05) ? ["uac", "uas"].randomElement(using: &chance) : nil
        length = refresher == nil ? chance.seconds(0...30) : chance.seconds(60...300)
        holds = chance.happens(0.2) ? Int.random(in: 1...3, using: &chance) : 0
        keys = chance.happens(0.3) ? Int.random(in: 1...5, using: &chance) : 0
        hasReliableProvisionals = chance.happens(0.5)
        let isReferred = !isOutgoing && ending == .serverHangsUp && chance.happens(0.3)
        referral = isReferred ? Referral.allCases.randomElement(using: &chance) : nil
    }
}
