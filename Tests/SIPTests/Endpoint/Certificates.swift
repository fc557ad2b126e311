// Certificates that are made for a test: an authority, and what it signs.

import Foundation
import NIOSSL

@testable import SIP

/// A certificate and its key, as PEM files.
struct CertificateFiles: Sendable {
    var certificate: String
    var key: String
}

final class CertificateAuthority: Sendable {
    let folder: String
    private let own: CertificateFiles

    var certificate: String { own.certificate }

    init() throws {
        folder = NSTemporaryDirectory() + "certificates-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        own = CertificateFiles(certificate: folder + "/authority.pem", key: folder + "/authority.key")
        try Self.request(own, "/CN=Test authority", [])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// - Parameter names: as in `IP:127.0.0.1,DNS:sip.example.org`.
    func issue(for names: String) throws -> CertificateFiles {
        let name = UUID().uuidString
        let files = CertificateFiles(certificate: folder + "/\(name).pem", key: folder + "/\(name).key")
        try Self.request(
            files, "/CN=Test",
            [
                "-CA", own.certificate, "-CAkey", own.key, "-addext", "subjectAltName=" + names, "-addext",
                "basicConstraints=critical,CA:FALSE",
            ])
        return files
    }

    /// What a phone has that trusts this authority.
    func client(_ own: CertificateFiles? = nil) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(certificate)
        if let own {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(own.certificate).map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: own.key, format: .pem))
        }
        return configuration
    }

    /// What a peer has that takes connections.
    func server(for names: String = "IP:127.0.0.1") throws -> TLSConfiguration {
        let files = try issue(for: names)
        return .makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(files.certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
    }

    private static func request(_ files: CertificateFiles, _ subject: String, _ more: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments =
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", subject, "-keyout", files.key, "-out", files.certificate,
            ] + more
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw TimedOut() }
    }
}
