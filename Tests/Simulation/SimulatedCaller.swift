// The calling end of a call to the server: rings, gives up or talks, presses keys, holds, and hangs up.

@testable import SIP

final class SimulatedCaller {
    private enum State {
        case calling, talking, leaving, over
    }

    private let plan: CallPlan
    private let agent: UserAgent
    /// Of a phone, which has to prove itself; nil for a trunk.
    private let account: PhoneAccount?
    private let world: World
    private let callID: String
    private var state = State.calling
    private var hasGivenUp = false
    private var hasCancelled = false
    private var isRinging = false
    private var invite: SIPRequest
    /// The last re-INVITE, which may never be answered when the server has died.
    private var hold: SIPRequest?
    private var number: UInt32 = 1
    private var dialog: DialogState?
    /// The ACK of each 2xx, by the CSeq of its INVITE.
    private var acknowledgements: [UInt32: [UInt8]] = [:]
    private var acknowledged: Set<String> = []
    private var holdsLeft: Int
    private var keysLeft: Int

    var isTalking: Bool { state == .talking && agent.isOn }

    init(_ plan: CallPlan, _ agent: UserAgent, _ account: PhoneAccount?) {
        self.plan = plan
        self.agent = agent
        self.account = account
        world = agent.world
        callID = "call-\(plan.number)"
        (holdsLeft, keysLeft) = (plan.holds, plan.keys)
        let from = SIPURI(user: account?.number ?? "31205550100", host: World.domain)
        let to = SIPURI(user: "03100", host: World.domain)
        var head = MessageHead(
            from: NameAddress(uri: from, parameters: [.init("tag", world.token())]), to: NameAddress(uri: to),
            callID: callID, cseq: CSeq(1, .invite))
        head.contacts = [.address(agent.contact(from.user))]
        let extensions = (plan.hasReliableProvisionals ? ["100rel"] : []) + (plan.refresher == nil ? [] : ["timer"])
        head.other = [HeaderField("Allow", "INVITE, ACK, BYE, CANCEL, UPDATE, INFO, PRACK, REFER, NOTIFY")]
        if !extensions.isEmpty { head.other.append(HeaderField("Supported", extensions.joined(separator: ", "))) }
        if let refresher = plan.refresher {
            head.other.append(HeaderField("Session-Expires", "90;refresher=\(refresher)"))
        }
        head.carry(World.description)
        invite = SIPRequest(.invite, uri: to, head: head)
    }

    func begin() {
        world.farEnds += 1
        agent.takers[callID] = { [self] in take($0, $1) }
        agent.calls[callID] = { [self] in over() }
        call()
        world.time.after(plan.patience) { [self] in giveUp() }
    }

    private func call() {
        invite = agent.send(invite) { [self, number] in answered($0, number) }
    }

    private func answered(_ response: SIPResponse?, _ asked: UInt32) {
        guard let response else { return over() }
        switch response.status {
        case ..<200:
            if case .calling = state { ringing(response) }
        case 200...299:
            success(response)
        case 401 where asked == 1 && account != nil:
            guard case .calling = state, let account else { return }
            number += 1
            invite.head.cseq.number = number
            invite.prove(account, response, world.token())
            isRinging = false
            call()
        default:
            // A call that is answered already has no use for it.
            if case .calling = state { over() }
        }
    }

    private func ringing(_ response: SIPResponse) {
        isRinging = true
        if hasGivenUp { return cancel() }
        guard let place = response.head["rseq"], acknowledged.insert(place).inserted else { return }
        number += 1
        let early = DialogState(confirming: response, to: invite)
        var prack = early.acknowledgement(of: number)
        prack.method = .prack
        prack.head.cseq.method = .prack
        prack.head.other.append(HeaderField("RAck", "\(place) \(invite.head.cseq.number) INVITE"))
        agent.send(prack) { _ in }
    }

    private func success(_ response: SIPResponse) {
        let asked = response.head.cseq.number
        if let bytes = acknowledgements[asked] { return agent.sendBytes(bytes) }
        if dialog == nil { dialog = DialogState(confirming: response, to: invite) }
        guard let dialog else { return }
        acknowledgements[asked] = agent.acknowledge(dialog.acknowledgement(of: asked))
        guard case .calling = state else { return }
        if hasGivenUp { return hangUp() }
        state = .talking
        world.established += 1
        talk()
        world.time.after(plan.ending == .serverHangsUp ? plan.length + .seconds(60) : plan.length) { [self] in
            if plan.ending == .callerDies { die() } else { hangUp() }
        }
    }

    // MARK: Talking

    private func talk() {
        guard case .talking = state, holdsLeft + keysLeft > 0 || plan.refresher == "uac" else { return }
        let pause = holdsLeft + keysLeft > 0 ? world.chance.seconds(0.2...4) : .seconds(40)
        world.time.after(pause) { [self] in
            guard case .talking = state else { return }
            if holdsLeft > 0 {
                holdsLeft -= 1
                send(.invite) { $0.carry(World.description) }
            } else if keysLeft > 0 {
                keysLeft -= 1
                send(.info) { $0.carry("Signal=5\r\nDuration=160\r\n", "application/dtmf-relay") }
            } else {
                send(.update) {
                    $0.other += [
                        HeaderField("Supported", "timer"), HeaderField("Session-Expires", "90;refresher=uac"),
                    ]
                }
            }
        }
    }

    /// - Parameter then: is given the final status; nil: the talk goes on.
    private func send(
        _ method: SIP.Method, then: ((Int) -> Void)? = nil, _ fill: (inout MessageHead) -> Void
    ) {
        guard let dialog else { return }
        number += 1
        var request = dialog.acknowledgement(of: number)
        request.method = method
        request.head.cseq.method = method
        fill(&request.head)
        let sent = agent.send(request) { [self] response in
            guard let response, response.status >= 200 else { return }
            if let then { return then(response.status) }
            if method == .invite, response.status < 300 {
                // A 200 that comes again is acknowledged again, and nothing more.
                let isKnown = acknowledgements[response.head.cseq.number] != nil
                success(response)
                if isKnown { return }
            }
            if response.status == 481 || response.status == 408 { return hangUp() }
            talk()
        }
        if method == .invite { hold = sent }
    }

    // MARK: Ending

    private func giveUp() {
        guard case .calling = state else { return }
        hasGivenUp = true
        if isRinging { cancel() }
    }

    /// RFC 3261 §9.1; where nothing comes of it the INVITE is over all the same.
    private func cancel() {
        guard !hasCancelled else { return }
        hasCancelled = true
        var cancel = SIPRequest(.cancel, uri: invite.uri, head: invite.head)
        cancel.head.cseq.method = .cancel
        cancel.head.contacts = []
        cancel.head.other = []
        cancel.head.body = []
        agent.send(cancel) { _ in }
        world.time.after(.seconds(33)) { [self] in
            guard case .calling = state else { return }
            agent.forget(invite)
            over()
        }
    }

    private func hangUp() {
        guard let dialog, state != .over, state != .leaving else { return }
        state = .leaving
        number += 1
        var bye = dialog.acknowledgement(of: number)
        bye.method = .bye
        bye.head.cseq.method = .bye
        agent.send(bye) { [self] response in
            if response.map({ $0.status >= 200 }) ?? true { over() }
        }
    }

    private func die() {
        guard case .talking = state else { return }
        agent.deaf.insert(callID)
        agent.forget(invite)
        over()
    }

    private func over() {
        guard state != .over else { return }
        state = .over
        world.farEnds -= 1
        agent.calls[callID] = nil
        // Until nothing of it can be on its way any more.
        world.time.after(.seconds(100)) { [self] in
            agent.takers[callID] = nil
            if let hold { agent.forget(hold) }
        }
    }

    // MARK: What the server asks

    private func take(_ request: SIPRequest, _ key: ServerTransactionKey) {
        switch request.method {
        case .ack:
            break
        case .bye:
            agent.respond(request.response(200), to: key)
            if state == .talking { over() }
        case .update, .invite:
            var response = request.response(state == .talking ? 200 : 481)
            if state == .talking {
                response.head.contacts = [.address(agent.contact("100"))]
                response.head.other.append(HeaderField("Session-Expires", "90;refresher=uac"))
                response.head.other.append(HeaderField("Require", "timer"))
                if request.method == .invite { response.head.carry(World.description) }
            }
            agent.respond(response, to: key)
        case .refer:
            refer(request, key)
        default:
            agent.respond(request.response(501), to: key)
        }
    }

    /// RFC 3515: is taken or not, and what came of it is told.
    private func refer(_ request: SIPRequest, _ key: ServerTransactionKey) {
        guard state == .talking, let referral = plan.referral, referral != .refused else {
            return agent.respond(request.response(state == .talking ? 603 : 481), to: key)
        }
        var response = request.response(202)
        response.head.contacts = [.address(agent.contact("100"))]
        agent.respond(response, to: key)
        if referral == .untold { return }
        notify("100 Trying", "active;expires=60")
        world.time.after(world.chance.seconds(0.1...5)) { [self] in
            notify(referral == .reached ? "200 OK" : "486 Busy Here", "terminated;reason=noresource")
        }
    }

    private func notify(_ outcome: String, _ subscription: String) {
        guard state == .talking else { return }
        // What a later request has overtaken is refused (RFC 3261 §12.2.2), and said again.
        send(.notify, then: { [self] status in if status == 500 { notify(outcome, subscription) } }) {
            $0.other += [HeaderField("Event", "refer"), HeaderField("Subscription-State", subscription)]
            $0.carry("SIP/2.0 \(outcome)\r\n", "message/sipfrag")
        }
    }
}
