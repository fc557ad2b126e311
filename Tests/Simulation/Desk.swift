// Does with each call what its plan says, by the same handles as the real front desk.

@testable import Phones
@testable import SIP

// Everything in this program happens on its one thread.
final class Desk: SIPUser, @unchecked Sendable {
    private let world: World
    private let phones: Phones
    private let endpoint: SIPEndpoint

    init(_ world: World, _ phones: Phones, _ endpoint: SIPEndpoint) {
        self.world = world
        self.phones = phones
        self.endpoint = endpoint
    }

    func received(_ request: IncomingRequest) { phones.register(request) }
    func received(_ subscription: IncomingSubscribe) { phones.subscribe(subscription) }
    func received(_ call: IncomingInvite) { Task { await take(call) } }

    private func take(_ call: IncomingInvite) async {
        switch await phones.admit(call.request, by: call.flow) {
        case .challenge(let headers): return call.reject(401, headers: headers)
        case .reject(let status, let headers): return call.reject(status, headers: headers)
        case .phone, .peer: break
        }
        guard let plan = world.plan(of: call.request) else { return call.reject(404) }
        switch plan.answer {
        case .refuse(let status):
            call.reject(status)
        case .ignore:
            break
        case .accept(let delay):
            call.ring()
            await world.time.sleep(delay / .seconds(1))
            if let dialog = await call.answer(sdp: world.media) { await talk(dialog, plan, isAnswered: true) }
        case .early(let delay):
            guard let dialog = await call.progress(sdp: world.media) else { return }
            Task {
                await world.time.sleep(delay / .seconds(1))
                dialog.accept()
            }
            await talk(dialog, plan, isAnswered: false)
        }
    }

    /// Until the call is over, which has to be said once.
    private func talk(_ dialog: InviteDialog, _ plan: CallPlan, isAnswered: Bool) async {
        world.serverEnds += 1
        if isAnswered { hangUp(dialog, plan) }
        var endings = 0
        for await event in dialog.events {
            switch event {
            case .accepted:
                hangUp(dialog, plan)
            case .offer(_, let reply):
                let media = world.media
                let pause = Double.random(in: 0...0.3, using: &world.chance)
                Task {
                    await world.time.sleep(pause)
                    reply.accept(media)
                }
            case .ended:
                endings += 1
            case .referred(let outcome):
                world.referrals += 1
                // Whose BYE crosses the REFER has no such call any more, nor has a phone that was switched off and on.
                let hasLeft = outcome == .failed(status: 481) && !world.isTalking(plan)
                if plan.referral?.outcomes.contains(outcome) != true, !hasLeft {
                    world.complain("call \(plan.number): \(outcome) came of its REFER")
                }
                dialog.hangUp()
            case .acknowledged, .info:
                break
            }
        }
        if endings != 1 { world.complain("call \(plan.number) was said to be over \(endings) times") }
        world.serverEnds -= 1
    }

    private func hangUp(_ dialog: InviteDialog, _ plan: CallPlan) {
        // Who is gone sends no media, which is found out after half a minute; who hangs up may need as long to be heard,
        // and a phone that is switched off before it does so is gone, too.
        let silence: Double =
            switch plan.ending {
            case .serverHangsUp: 0
            case .callerDies: 30
            case .callerHangsUp: 90
            }
        Task {
            await world.time.sleep(plan.length / .seconds(1) + silence)
            if plan.referral != nil { dialog.refer(to: Self.target) } else { dialog.hangUp() }
        }
    }

    private static let target = NameAddress(uri: SIPURI(user: "operator", host: World.domain))

    // MARK: Calls from here

    func place(_ plan: CallPlan) {
        world.serverEnds += 1
        Task {
            await call(plan)
            world.serverEnds -= 1
        }
    }

    private func call(_ plan: CallPlan) async {
        let number = world.phones[plan.number % world.phones.count].number
        guard let contact = await phones.contacts(of: number, domain: World.domain).first else { return }
        let caller = SIPURI(user: "call-\(plan.number)", host: World.domain)
        let call = await endpoint.invite(
            OutgoingInvite(
                target: contact.uri, to: NameAddress(uri: SIPURI(user: number, host: World.domain)),
                from: NameAddress(uri: caller), offer: world.media, ringLimit: plan.patience),
            over: contact.flow)
        for await progress in call.progress {
            if case .answered(_, let dialog) = progress { await talk(dialog, plan, isAnswered: true) }
        }
    }
}
