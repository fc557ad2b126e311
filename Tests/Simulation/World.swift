// Everything that a simulation consists of, what is going to happen in it, and what was seen to be wrong.

import Mailboxes

@testable import Phones
@testable import SIP

// Everything in this program happens on its one thread.
final class World: @unchecked Sendable {
    struct Size {
        var calls = 10_000
        var changes = 10_000
        var phones = 100
        /// In which they happen.
        var span = Duration.seconds(3_600)
    }

    static let domain = "example.org"
    static let generalMailboxes = ["200", "201", "202", "203", "204"]
    /// When it begins, in seconds since 1970.
    static let epoch = 1_800_000_000.0
    static let description = [
        "v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "m=audio 40000 RTP/AVP 0",
        "a=rtpmap:0 PCMU/8000", "",
    ].joined(separator: "\r\n")

    let server = HostPort(host: "198.51.100.1", port: 5060)
    let size: Size
    let time = VirtualTime()
    let network: Network
    let store: PhoneStoreInMemory
    let settings: PhoneSettings
    let media: SessionDescription
    /// Of branches, tags and nonces of the server.
    let productChance: RandomSource
    /// Of the far side.
    var chance: Chance
    private let names: RandomSource
    private(set) var phones: [DeskPhone] = []
    private(set) var site: Site?
    private var trunks: [UserAgent] = []
    private var plans: [CallPlan] = []
    /// By the numbers of their calls.
    private var callers: [Int: SimulatedCaller] = [:]

    private(set) var complaints: [String] = []
    var established = 0
    /// REFERs of which the server has been told what came.
    var referrals = 0
    /// Calls that are not over yet, at the far ends and at the server.
    var farEnds = 0
    var serverEnds = 0

    init(seed: UInt64, _ size: Size, isTraced: Bool) throws {
        self.size = size
        time.takeTasks()
        network = Network(time, Chance(seed: seed, stream: 1), isTraced: isTraced)
        productChance = Chance(seed: seed, stream: 2).source()
        chance = Chance(seed: seed, stream: 3)
        names = Chance(seed: seed, stream: 4).source()
        store = PhoneStoreInMemory(time, Chance(seed: seed, stream: 5), domain: Self.domain)
        media = try SessionDescription(parsing: Array(Self.description.utf8))
        settings = PhoneSettings(
            trustedPeers: [TrustedPeer(name: "trunk", networks: [try AddressRange(parsing: "192.0.2.0/24")])])
        var watch = DialogWatch()
        network.arrivals = { [server] datagram, address in
            if address == server { watch.arrived(datagram) }
        }
        network.watch = { [unowned self] datagram, address in
            if let wrong = watch.look(at: datagram, to: address, now: time.now) { complain(wrong) }
        }
        trunks = (1...4).map { UserAgent(HostPort(host: "192.0.2.\($0)", port: 5060), self) }
        for number in Self.generalMailboxes { store.add(generalMailbox: number) }
        for index in 0..<size.phones {
            let phone = DeskPhone(index, self)
            store.add(extension: phone.number)
            phones.append(phone)
        }
    }

    func token() -> String { names.token() }

    func complain(_ what: String) { complaints.append("\(time.now / .seconds(1)) s: \(what)") }

    /// A call's plan is found by its Call-ID, or by who calls.
    func plan(of invite: SIPRequest) -> CallPlan? {
        for text in [invite.head.callID, invite.head.from.uri.user ?? ""] where text.hasPrefix("call-") {
            if let number = Int(text.dropFirst(5)), plans.indices.contains(number) { return plans[number] }
        }
        return nil
    }

    // MARK: What happens

    func run() {
        start()
        schedulePhones()
        scheduleCalls()
        scheduleChanges()
        for share in [0.2, 0.45, 0.8] { scheduleRestart(at: size.span * share, isSudden: share < 0.5) }
        time.pass(until: size.span)
        // Long enough for all that is under way, and for phones that have to find out by a refresh.
        time.pass(.seconds(700))
        complaints += phones.compactMap(\.fault)
        for phone in phones { phone.leave() }
        time.pass(.seconds(700))
        for phone in phones { phone.switchOff() }
        checkEnds()
    }

    private func start() {
        let site = Site(self)
        self.site = site
        site.start()
    }

    private func scheduleRestart(at moment: Duration, isSudden: Bool) {
        time.after(moment) { [self] in
            if isSudden { site?.kill() } else { site?.stop() }
            time.after(.seconds(10)) { [self] in start() }
        }
    }

    private func schedulePhones() {
        for phone in phones {
            time.after(chance.seconds(1...10)) { phone.switchOn() }
            guard chance.happens(0.3) else { continue }
            let gone = chance.seconds(100...(size.span / .seconds(1) - 200))
            let moves = chance.happens(0.3)
            time.after(gone) { phone.switchOff() }
            time.after(gone + chance.seconds(5...150)) { phone.switchOn(moves: moves) }
        }
    }

    private func scheduleCalls() {
        plans = (0..<size.calls).map { number in
            CallPlan(number: number, start: chance.seconds(20...(size.span / .seconds(1))), &chance)
        }
        for plan in plans { time.after(plan.start) { [self] in begin(plan) } }
    }

    /// Whether the caller knows the call, and has not ended it; of a call that the server makes it is taken for granted.
    func isTalking(_ plan: CallPlan) -> Bool { callers[plan.number]?.isTalking ?? true }

    private func begin(_ plan: CallPlan) {
        if plan.isOutgoing { return site?.call(plan) ?? () }
        let phone = phones[plan.number % phones.count]
        if plan.number % 5 < 2, let agent = phone.agent {
            callers[plan.number] = SimulatedCaller(plan, agent, store.accounts[phone.number])
        } else {
            callers[plan.number] = SimulatedCaller(plan, trunks[plan.number % trunks.count], nil)
        }
        callers[plan.number]?.begin()
    }

    private func scheduleChanges() {
        let mailboxes = store.mailboxes
        for _ in 0..<size.changes {
            let moment = chance.seconds(0...(size.span / .seconds(1)))
            guard chance.happens(0.98), let mailbox = mailboxes.randomElement(using: &chance) else {
                time.after(moment) { [self] in changeSettings() }
                continue
            }
            var counts = MessageCounts()
            counts.new = Int.random(in: 0...9, using: &chance)
            counts.saved = Int.random(in: 0...9, using: &chance)
            counts.newUrgent = Int.random(in: 0...counts.new, using: &chance)
            time.after(moment) { [self] in store.set(counts, of: mailbox) }
        }
    }

    private func changeSettings() {
        guard let number = phones.randomElement(using: &chance)?.number else { return }
        let others = chance.happens(0.5) ? [Self.generalMailboxes.randomElement(using: &chance)].compactMap(\.self) : []
        let way = UnsolicitedState.allCases.randomElement(using: &chance)
        store.changeSettings(of: number) { settings in
            settings.alsoShows = others
            settings.unsolicited = way
        }
    }

    // MARK: The end

    private func checkEnds() {
        if farEnds != 0 { complain("\(farEnds) calls are not over for their callers") }
        if serverEnds != 0 { complain("\(serverEnds) calls are not over for the server") }
        for agent in trunks {
            for leftover in agent.leftovers.sorted() { complain("\(agent.address) \(leftover)") }
        }
        guard let site else { return }
        let found = Found()
        Task { found.leftovers = await site.leftovers() }
        time.pass(.zero)
        guard let leftovers = found.leftovers else { return complain("the server does not answer any more") }
        complaints += leftovers
    }

    private final class Found: @unchecked Sendable { var leftovers: [String]? }
}
