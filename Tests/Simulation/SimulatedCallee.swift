// The called end of a call that the server makes: rings, refuses or answers, and hangs up.

@testable import SIP

final class SimulatedCallee {
    private enum State {
        case ringing, talking, leaving, over
    }

    private let plan: CallPlan
    private let agent: UserAgent
    private let invite: SIPRequest
    private let key: ServerTransactionKey
    private let world: World
    private var state = State.ringing
    private var dialog: DialogState
    private var ok: SIPResponse
    /// Of the 200, until its ACK is there.
    private var repetition: Retransmission?

    /// - Returns: nil for what makes no dialog.
    init?(_ plan: CallPlan, _ agent: UserAgent, _ invite: SIPRequest, _ key: ServerTransactionKey) {
        (self.plan, self.agent, self.invite, self.key) = (plan, agent, invite, key)
        world = agent.world
        let contact = agent.contact("100")
        guard let dialog = DialogState(answering: invite, localTag: world.token(), contact: contact) else { return nil }
        self.dialog = dialog
        ok = invite.response(200, toTag: dialog.id.localTag)
        ok.head.contacts = [.address(contact)]
        ok.head.carry(World.description)
    }

    func begin() {
        world.farEnds += 1
        agent.takers[invite.head.callID] = { [self] in take($0, $1) }
        agent.calls[invite.head.callID] = { [self] in over() }
        switch plan.answer {
        case .refuse(let status):
            respond(status)
            over()
        case .ignore:
            respond(180)
        case .accept(let delay), .early(let delay):
            respond(180)
            world.time.after(delay) { [self] in answer() }
        }
        // Who is never told that nobody waits any more puts the receiver down.
        world.time.after(.seconds(400)) { [self] in
            guard state == .ringing else { return }
            respond(480)
            over()
        }
    }

    private func respond(_ status: Int) {
        var response = invite.response(status, toTag: dialog.id.localTag)
        response.head.contacts = [.address(agent.contact("100"))]
        agent.respond(response, to: key)
    }

    private func answer() {
        guard state == .ringing else { return }
        state = .talking
        world.established += 1
        agent.respond(ok, to: key)
        repetition = Retransmission(from: world.time.now)
        repeatAnswer(until: world.time.now + TransactionTiming.whole)
        world.time.after(plan.ending == .serverHangsUp ? plan.length + .seconds(60) : plan.length) { [self] in
            guard plan.ending == .callerDies, state == .talking else { return hangUp() }
            agent.deaf.insert(invite.head.callID)
            over()
        }
    }

    private func repeatAnswer(until end: Duration) {
        guard let due = repetition?.due else { return }
        world.time.after(due - world.time.now) { [self] in
            guard state == .talking, repetition?.isDue(world.time.now) == true else { return }
            guard world.time.now < end else { return hangUp() }
            agent.respond(ok, to: key)
            repeatAnswer(until: end)
        }
    }

    private func hangUp() {
        guard state == .talking else { return }
        state = .leaving
        repetition = nil
        agent.send(dialog.request(.bye)) { [self] response in
            if response.map({ $0.status >= 200 }) ?? true { over() }
        }
    }

    private func over() {
        guard state != .over else { return }
        state = .over
        world.farEnds -= 1
        agent.calls[invite.head.callID] = nil
        world.time.after(.seconds(100)) { [self] in agent.takers[invite.head.callID] = nil }
    }

    private func take(_ request: SIPRequest, _ requestKey: ServerTransactionKey) {
        switch request.method {
        case .ack:
            repetition = nil
        case .cancel:
            agent.respond(request.response(200, toTag: dialog.id.localTag), to: requestKey)
            guard state == .ringing else { return }
            respond(487)
            over()
        case .bye:
            agent.respond(request.response(200), to: requestKey)
            if state == .talking || state == .leaving { over() }
        default:
            agent.respond(request.response(501), to: requestKey)
        }
    }
}
