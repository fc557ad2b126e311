// A softphone that is not SIPp: baresip without sound hardware. It speaks from a WAV file, writes what it hears
// to another, and is told what to do by JSON in netstrings over TCP (its ctrl_tcp module).

import Foundation
import Synchronization

final class Baresip: Sendable {
    private let process: ChildProcess
    private let socket: Int32
    private let received = Mutex<[[String: String]]>([])
    private let wakers = Mutex<[UUID: CheckedContinuation<Void, Never>]>([:])
    let folder: String

    /// - Parameters:
    ///   - speech: a WAV file of 8 kHz that it says; the call ends at its end.
    ///   - ports: a SIP port, a control port and the first of 100 RTP ports, all free.
    ///   - host: its address.
    ///   - authority: a PEM file with whom it trusts where it connects to by TLS.
    init(
        speech: String, ports: (sip: Int, control: Int, rtp: Int), host: String = "127.0.0.1",
        authority: String? = nil
    ) async throws {
        folder = NSTemporaryDirectory() + "baresip-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Self.configuration(speech, ports, host, authority, folder).write(
            toFile: folder + "/config", atomically: true, encoding: .utf8)
        for name in ["accounts", "contacts"] {
            try "".write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        }
        process = try ChildProcess("baresip", [host.contains(":") ? "-6" : "-4", "-v", "-f", folder, "-t", "180"])
        try await process.waitFor("baresip is ready")
        socket = try Self.connect(to: ports.control)
        Thread.detachNewThread { [weak self, socket] in
            var buffer: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = read(socket, &piece, piece.count)
                guard count > 0, let self else { return }
                buffer += piece[..<count]
                while let text = Self.takeNetstring(&buffer) { self.take(text) }
            }
        }
    }

    deinit {
        close(socket)
        process.signal(SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A command of the menu: `dial sip:…`, `sndcode 1`, `hangup`.
    func tell(_ command: String, _ parameters: String = "") {
        let json = "{\"command\":\"\(command)\",\"params\":\"\(parameters)\",\"token\":\"t\"}"
        let netstring = Array("\(json.utf8.count):\(json),".utf8)
        _ = write(socket, netstring, netstring.count)
    }

    /// Waits for an event of this type whose parameter holds `text`, and takes it and all before it.
    func waitFor(_ type: String, holding text: String = "", seconds: Double = 20) async throws {
        let limit = Task {
            try await Task.sleep(for: .seconds(seconds)); self.wake()
        }
        defer { limit.cancel() }
        let start = Date()
        while Date().timeIntervalSince(start) < seconds {
            let found = received.withLock { events in
                guard
                    let index = events.firstIndex(where: {
                        $0["type"] == type && (text.isEmpty || ($0["param"] ?? "").contains(text))
                    })
                else { return false }
                events.removeSubrange(...index)
                return true
            }
            if found { return }
            await withCheckedContinuation { continuation in
                wakers.withLock { $0[UUID()] = continuation }
            }
        }
        let seen = received.withLock { $0.map { "\($0["type"] ?? "?") \($0["param"] ?? "")" } }
        throw ChildProcess.Failure(
            description: "no \(type) «\(text)» from baresip, but \(seen)\n\(process.output.suffix(3_000))")
    }

    private func take(_ text: String) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else { return }
        received.withLock { $0.append(object.compactMapValues { $0 as? String }) }
        wake()
    }

    private func wake() {
        let all = wakers.withLock { wakers in
            defer { wakers = [:] }
            return Array(wakers.values)
        }
        for each in all { each.resume() }
    }

    /// What it has heard in its calls, as WAV files, oldest first.
    var recordings: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix("-dec.wav") }.sorted().map { folder + "/" + $0 }
    }

    private static func takeNetstring(_ buffer: inout [UInt8]) -> String? {
        guard let colon = buffer.firstIndex(of: UInt8(ascii: ":")),
            let length = Int(String(decoding: buffer[..<colon], as: UTF8.self)), buffer.count >= colon + length + 2
        else { return nil }
        defer { buffer.removeFirst(colon + length + 2) }
        return String(decoding: buffer[(colon + 1)...(colon + length)], as: UTF8.self)
    }

    private static func connect(to port: Int) throws -> Int32 {
        let descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw ChildProcess.Failure(description: "baresip's control port \(port) is closed") }
        return descriptor
    }

    private static func configuration(
        _ speech: String, _ ports: (sip: Int, control: Int, rtp: Int), _ host: String, _ authority: String?,
        _ folder: String
    ) -> String {
        """
        net_interface \(host)
        sip_listen \(host.contains(":") ? "[\(host)]" : host):\(ports.sip)
        \(authority.map { "sip_cafile \($0)" } ?? "")
        audio_source aufile,\(speech)
        jitter_buffer_delay 0-0
        snd_path \(folder)
        rtp_ports \(ports.rtp)-\(ports.rtp + 100)
        module_path /usr/lib/baresip/modules
        module g711.so
        module srtp.so
        module aufile.so
        module sndfile.so
        module_tmp uuid.so
        module_tmp account.so
        module_app menu.so
        module_app mwi.so
        module_app ctrl_tcp.so
        ctrl_tcp_listen 127.0.0.1:\(ports.control)

        """
    }
}
