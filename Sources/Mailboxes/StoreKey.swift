// The key of this store: a file beside the database that only its owner can read. What must be read again later (a PIN
// that waits to be e-mailed, a default PIN that still will be) is sealed with it; PINs that must differ from each other
// are compared by fingerprints under it. Without the file the database gives neither away. A lost key costs the PINs in
// notices, nothing else.

import Crypto
import Foundation
import Glibc

struct StoreKey: Sendable {
    private static let byteCount = 32
    private let sealing: SymmetricKey
    private let fingerprinting: SymmetricKey
    private let choosing: SymmetricKey

    init(_ bytes: [UInt8]) {
        let key = SymmetricKey(data: bytes)
        func derive(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Data(purpose.utf8), outputByteCount: Self.byteCount)
        }
        sealing = derive("sealed PINs")
        fingerprinting = derive("fingerprints of PINs")
        choosing = derive("choice for strangers")
    }

    /// AES-GCM; it opens for the same mailbox only.
    func seal(_ pin: String, of mailbox: MailboxID) throws(StoreError) -> Data {
        try seal(pin, for: "mailbox \(mailbox.rawValue)")
    }

    /// An organisation's default PIN; it opens for the same organisation only.
    func seal(_ pin: String, ofAll organisation: OrganisationID) throws(StoreError) -> Data {
        try seal(pin, for: "organisation \(organisation.rawValue)")
    }

    /// Nil when it was sealed with another key or for another mailbox.
    func open(_ sealed: Data, of mailbox: MailboxID) -> String? { open(sealed, for: "mailbox \(mailbox.rawValue)") }

    /// Nil when it was sealed with another key or for another organisation.
    func open(_ sealed: Data, ofAll organisation: OrganisationID) -> String? {
        open(sealed, for: "organisation \(organisation.rawValue)")
    }

    private func seal(_ pin: String, for owner: String) throws(StoreError) -> Data {
        do {
            let box = try AES.GCM.seal(Data(pin.utf8), using: sealing, authenticating: Data(owner.utf8))
            guard let sealed = box.combined else { throw StoreError.failed("a PIN could not be sealed") }
            return sealed
        } catch { throw .failed("a PIN could not be sealed") }
    }

    private func open(_ sealed: Data, for owner: String) -> String? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let pin = try? AES.GCM.open(box, using: sealing, authenticating: Data(owner.utf8))
        else { return nil }
        return String(decoding: pin, as: UTF8.self)
    }

    /// The same for the same PIN in the same organisation, and telling nothing without the key.
    func fingerprint(_ pin: String, in organisation: OrganisationID) -> Data {
        let text = Data("\(organisation.rawValue):\(pin)".utf8)
        return Data(HMAC<SHA256>.authenticationCode(for: text, using: fingerprinting))
    }

    /// From 0 up to 1, evenly over all names; always the same for the same one.
    func share(of name: String, in organisation: OrganisationID) -> Double {
        let text = Data("\(organisation.rawValue):\(name)".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: text, using: choosing)
        // As many bits as a Double holds.
        return Double(code.prefix(7).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 3) / 0x1p53
    }
}

extension StoreKey {
    /// Reads the key of a database; the first to ask makes it. Two at once get the same one.
    static func load(besides databasePath: String) throws(StoreError) -> StoreKey {
        let path = databasePath + ".key"
        if let key = try read(path) { return key }
        let draft = path + ".\(getpid()).\(UInt64.random(in: .min ... .max))"
        defer { unlink(draft) }
        try write(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }, to: draft)
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure(path) }
        guard let key = try read(path) else { throw failure(path) }
        return key
    }

    private static func read(_ path: String) throws(StoreError) -> StoreKey? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure(path)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: byteCount + 1)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count == byteCount else { throw .cannotOpen(path: path, reason: "not a key of this program") }
        return StoreKey(Array(bytes.prefix(byteCount)))
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(StoreError) {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw failure(path)
        }
    }

    private static func failure(_ path: String) -> StoreError {
        errno == ENOSPC ? .diskFull : .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
}
