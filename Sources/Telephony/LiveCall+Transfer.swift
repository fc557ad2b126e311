// Passing a caller on (B1, C7). By REFER the caller's own side makes the new call; what it tells of that decides
// whether the call is over or goes on here. The other way is in LiveCall+Bridge.swift.

internal import CallControl
internal import Logging
internal import SIP

extension LiveCall {
    func transfer(to number: String, by manner: TransferManner) async throws(CallEnded) -> TransferFailure {
        try stillThere()
        guard DialableNumber.isValid(number) else { return .noRoute }
        let route = await equipment.route(number, invitation.domain)
        // A call that has early media only cannot be passed on.
        try await accept()
        switch manner {
        case .refer: return try await refer(to: number, route)
        case .bridge: return try await bridge(to: number, route)
        }
    }

    private func refer(to number: String, _ route: Route?) async throws(CallEnded) -> TransferFailure {
        // A trunk that sent us the call knows more numbers than we do.
        let target = route?.target ?? trunk.map { SIPURI(user: number, host: $0.host, port: $0.port) }
        guard let target else { return .noRoute }
        referral = nil
        dialog.refer(to: NameAddress(uri: target))
        while true {
            switch referral {
            case .transferred:
                end(.transferred)
                throw CallEnded(.transferred)
            case .failed(let status):
                logger.notice("the caller was not transferred", metadata: ["status": "\(status)"])
                return TransferFailure(status: status)
            case nil:
                try stillThere()
                await somethingHappens()
            }
        }
    }
}

extension TransferFailure {
    /// What a SIP status (RFC 3261 §21) means to the caller.
    init(status: Int) {
        switch status {
        case 486, 600: self = .busy
        case 408, 480, 487: self = .noAnswer
        default: self = .refused
        }
    }
}
