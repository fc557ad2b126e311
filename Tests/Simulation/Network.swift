// A network that loses, repeats, delays and reorders datagrams. What is sent makes the transcript, by whose digest two
// runs are compared.

import Crypto

@testable import SIP

struct Weather {
    var loss = 0.1
    var repetition = 0.05
    var delay = 0.001...0.06
    /// How many take the long way, and how long that is: the others overtake them.
    var detours = 0.05
    var detour = 0.1...2.0
}

struct Datagram {
    let bytes: [UInt8]
    let from: HostPort
    /// Read once, by the network, where the server has sent it.
    let message: ParsedMessage?
}

final class Network {
    var weather = Weather()
    /// Is shown each message as it is sent.
    var watch: (Datagram, HostPort) -> Void = { _, _ in }
    /// Is shown each message as it comes to somebody.
    var arrivals: (Datagram, HostPort) -> Void = { _, _ in }
    private(set) var sent = 0
    private let time: VirtualTime
    private let isTraced: Bool
    private var chance: Chance
    private var receivers: [HostPort: (Datagram) -> Void] = [:]
    private var transcript = SHA256()

    init(_ time: VirtualTime, _ chance: Chance, isTraced: Bool) {
        self.time = time
        self.chance = chance
        self.isTraced = isTraced
    }

    var digest: String { hexadecimal(transcript.finalize().prefix(8)) }

    /// What comes to `address` from now on is given to `receiver`; nil: to nobody.
    func attach(_ address: HostPort, _ receiver: ((Datagram) -> Void)?) { receivers[address] = receiver }

    func send(_ datagram: Datagram, to address: HostPort) {
        sent += 1
        note(datagram, to: address)
        watch(datagram, address)
        let copies = chance.happens(weather.loss) ? 0 : chance.happens(weather.repetition) ? 2 : 1
        for _ in 0..<copies {
            let range = chance.happens(weather.detours) ? weather.detour : weather.delay
            time.after(chance.seconds(range)) { [self] in deliver(datagram, to: address) }
        }
    }

    private func deliver(_ datagram: Datagram, to address: HostPort) {
        guard let receiver = receivers[address] else { return }
        arrivals(datagram, address)
        receiver(datagram)
    }

    private func note(_ datagram: Datagram, to address: HostPort) {
        let envelope = "\(time.now.nanoseconds) \(datagram.from) \(address) "
        transcript.update(data: Array(envelope.utf8))
        transcript.update(data: datagram.bytes)
        guard isTraced else { return }
        let lines = String(decoding: datagram.bytes, as: UTF8.self).split(separator: "\r\n")
        let names = lines.filter { $0.hasPrefix("Call-ID:") || $0.hasPrefix("CSeq:") || $0.hasPrefix("Voice-Message:") }
        print(envelope + (lines.prefix(1) + names).joined(separator: " | "))
    }
}
