// A phone on somebody's desk: registers, subscribes, answers NOTIFYs and calls, is unplugged and comes back; and the lamp
// on it, which shows what it was told last.

import Mailboxes

@testable import SIP

final class DeskPhone {
    /// What it watches by a subscription, as phones do (F4).
    enum Watch: CaseIterable {
        case nothing, own, pilot, withoutUser, general
    }

    let number: String
    private let world: World
    private let watch: Watch
    private let registers: Bool
    /// The general mailbox of `Watch.general`.
    private let general: String
    private let expires: Int
    private(set) var agent: UserAgent?
    /// By the account that a NOTIFY names: "new/saved (urgent)".
    private(set) var lamps: [String: String] = [:]
    /// Counts its starts: what began in an earlier one is void.
    private var life = 0
    private var port: UInt16

    private var registration = (callID: "", number: UInt32(0))
    private var subscription: (callID: String, dialog: DialogState?, number: UInt32, notified: UInt32) = ("", nil, 0, 0)

    init(_ index: Int, _ world: World) {
        self.world = world
        number = String(1_000 + index)
        watch = Watch.allCases[index % Watch.allCases.count]
        registers = watch == .nothing || index % 3 > 0
        general = World.generalMailboxes[index % World.generalMailboxes.count]
        expires = [120, 300, 600].randomElement(using: &world.chance) ?? 300
        port = UInt16(10_000 + index)
    }

    var isOn: Bool { agent != nil }

    // MARK: Its life

    /// - Parameter moves: whether it comes back at another port, as behind NAT.
    func switchOn(moves: Bool = false) {
        guard agent == nil else { return }
        life += 1
        if moves { port = port < 30_000 ? port + 20_000 : port - 20_000 }
        lamps = [:]
        let agent = UserAgent(HostPort(host: "203.0.113.7", port: port), world)
        agent.stranger = { [self] in take($0, $1) }
        self.agent = agent
        registration = (world.token(), 0)
        if registers { register() }
        if watch != .nothing { subscribe() }
    }

    func switchOff() {
        agent?.switchOff()
        agent = nil
    }

    /// Says good-bye.
    func leave() {
        life += 1
        if registers { register(expires: 0) }
        if subscription.dialog != nil { refresh(expires: 0) }
        subscription.dialog = nil
    }

    private func later(_ delay: Duration, _ action: @escaping () -> Void) {
        let life = life
        world.time.after(delay) { [self] in if life == self.life, isOn { action() } }
    }

    // MARK: REGISTER

    private func register(expires: Int? = nil, proof: SIPResponse? = nil, tries: Int = 0) {
        guard let agent, let account = world.store.accounts[number] else { return }
        let own = SIPURI(user: number, host: World.domain)
        registration.number += 1
        var head = MessageHead(
            from: NameAddress(uri: own, parameters: [.init("tag", world.token())]), to: NameAddress(uri: own),
            callID: registration.callID, cseq: CSeq(registration.number, .register))
        head.contacts = [.address(agent.contact(number))]
        head.other = [HeaderField("Expires", String(expires ?? self.expires))]
        var request = SIPRequest(.register, uri: SIPURI(host: World.domain), head: head)
        if let proof { request.prove(account, proof, world.token()) }
        let life = life
        agent.send(request) { [self] response in
            guard life == self.life else { return }
            switch response?.status {
            case 200?:
                if expires == nil { later(.seconds(self.expires) / 2) { [self] in register() } }
            case 401? where tries < 4:
                register(expires: expires, proof: response, tries: tries + 1)
            default:
                later(world.chance.seconds(3...15)) { [self] in register(expires: expires) }
            }
        }
    }

    // MARK: SUBSCRIBE

    private func subscribe(proof: SIPResponse? = nil, tries: Int = 0) {
        guard let agent, let account = world.store.accounts[number] else { return }
        if proof == nil {
            agent.takers[subscription.callID] = nil
            subscription = (world.token(), nil, 0, 0)
            agent.takers[subscription.callID] = { [self] in take($0, $1) }
        }
        subscription.number += 1
        let own = SIPURI(user: number, host: World.domain)
        var head = MessageHead(
            from: NameAddress(uri: own, parameters: [.init("tag", "tag-\(subscription.callID)")]),
            to: NameAddress(uri: target), callID: subscription.callID, cseq: CSeq(subscription.number, .subscribe))
        head.contacts = [.address(agent.contact(number))]
        head.other = [
            HeaderField("Event", "message-summary"), HeaderField("Expires", String(expires)),
            HeaderField("Accept", "application/simple-message-summary"),
        ]
        var request = SIPRequest(.subscribe, uri: target, head: head)
        if let proof { request.prove(account, proof, world.token()) }
        let (life, callID) = (life, subscription.callID)
        agent.send(request) { [self] response in
            guard life == self.life, callID == subscription.callID else { return }
            switch response?.status {
            case 200?:
                guard let response else { return }
                subscription.dialog = DialogState(confirming: response, to: request)
                later(.seconds(expires) / 2) { [self] in if callID == subscription.callID { refresh() } }
            case 401? where tries < 4:
                subscribe(proof: response, tries: tries + 1)
            default:
                later(world.chance.seconds(3...15)) { [self] in if callID == subscription.callID { subscribe() } }
            }
        }
    }

    private func refresh(expires: Int? = nil) {
        guard let agent, let dialog = subscription.dialog else { return }
        subscription.number += 1
        var request = dialog.acknowledgement(of: subscription.number)
        request.method = .subscribe
        request.head.cseq.method = .subscribe
        request.head.other = [
            HeaderField("Event", "message-summary"), HeaderField("Expires", String(expires ?? self.expires)),
        ]
        let (life, callID) = (life, subscription.callID)
        agent.send(request) { [self] response in
            guard life == self.life, callID == subscription.callID, expires == nil else { return }
            guard response?.status == 200 else { return subscribe() }
            later(.seconds(self.expires) / 2) { [self] in if callID == subscription.callID { refresh() } }
        }
    }

    private var target: SIPURI {
        switch watch {
        case .pilot: SIPURI(user: "5001", host: World.domain)
        case .withoutUser: SIPURI(host: World.domain)
        case .general: SIPURI(user: general, host: World.domain)
        case .own, .nothing: SIPURI(user: number, host: World.domain)
        }
    }

    // MARK: What comes

    private func take(_ request: SIPRequest, _ key: ServerTransactionKey) {
        guard let agent else { return }
        switch request.method {
        case .notify:
            agent.respond(request.response(judge(request), toTag: world.token()), to: key)
        case .invite where request.head.to.tag == nil:
            guard let plan = world.plan(of: request), let callee = SimulatedCallee(plan, agent, request, key) else {
                return agent.respond(request.response(500, toTag: world.token()), to: key)
            }
            callee.begin()
        case .ack:
            break
        default:
            agent.respond(request.response(481), to: key)
        }
    }

    /// Takes what a NOTIFY says.
    /// - Returns: what to answer.
    private func judge(_ notify: SIPRequest) -> Int {
        let state = notify.head["Subscription-State"] ?? ""
        if notify.head.to.tag != nil {
            guard notify.head.callID == subscription.callID else { return 481 }
            guard notify.head.cseq.number > subscription.notified else {
                world.complain("\(number): NOTIFY \(notify.head.cseq.number) after \(subscription.notified)")
                return 500
            }
            subscription.notified = notify.head.cseq.number
            if state.hasPrefix("terminated") { lost(state) }
        }
        let lines = String(decoding: notify.head.body, as: UTF8.self).split(separator: "\r\n")
        func value(_ name: String) -> String? {
            lines.first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) }
        }
        if let account = value("Message-Account: "), let counts = value("Voice-Message: ") { lamps[account] = counts }
        return 200
    }

    private func lost(_ state: String) {
        let callID = subscription.callID
        guard subscription.dialog != nil else { return }
        subscription.dialog = nil
        guard state.contains("deactivated") || state.contains("timeout") else { return }
        later(world.chance.seconds(0...1)) { [self] in if callID == subscription.callID { subscribe() } }
    }

    // MARK: What it has to show

    /// What is wrong with the lamp now; nil: nothing.
    var fault: String? {
        guard isOn else { return nil }
        var wanted: [String: MessageCounts] = [:]
        let isTold = world.store.accounts[number]?.account.settings.unsolicited != .off
        if registers && isTold || watch != .nothing && watch != .general {
            wanted["sip:5001@\(World.domain)"] = world.store.shown(on: number)
        }
        if watch == .general { wanted["sip:\(general)@\(World.domain)"] = world.store.shown(ofMailbox: general) }
        for (account, counts) in wanted.sorted(by: { $0.key < $1.key }) {
            let text = "\(counts.new)/\(counts.saved) (\(counts.newUrgent)/\(counts.savedUrgent))"
            guard lamps[account] != text else { continue }
            return "\(number) (\(watch)\(registers ? ", registered" : "")) shows \(lamps[account] ?? "nothing") of "
                + "\(account), and there is \(text)"
        }
        return nil
    }
}
