// What TLS needs (RFC 3261 §26.3.1): the certificate that we prove ourselves by, and whose word we take for others.
// TLS 1.2 at least. It is read from files as a whole, so that a wrong file changes nothing.

internal import NIOCore
internal import NIOSSL

public struct TLSCredentials: Sendable {
    /// Nil without a certificate: then nobody can connect.
    let server: NIOSSLContext?
    let client: NIOSSLContext

    /// Reads the files, all of them PEM.
    /// - Parameters:
    ///   - certificate: ours, with those between it and its authority behind it; and its private key. Also shown to
    ///     peers that we connect to and that ask for one.
    ///   - clientAuthority: who connects must have a certificate of one of these; nil: needs none.
    ///   - authority: whom we connect to must have a certificate of one of these, for the name that is expected or for
    ///     its address; nil: of one that the system trusts.
    ///   - verifies: false takes any certificate of whom we connect to.
    /// - Throws: `SIPEndpointError.credentials` with the file that is wrong.
    public init(
        certificate: (chain: String, key: String)?, clientAuthority: String? = nil, authority: String? = nil,
        verifies: Bool = true
    ) throws(SIPEndpointError) {
        let own = try certificate.map { files throws(SIPEndpointError) in try Self.load(files.chain, files.key) }
        var client = TLSConfiguration.makeClientConfiguration()
        client.certificateVerification = verifies ? .fullVerification : .none
        if let authority { client.trustRoots = .certificates(try Self.certificates(authority)) }
        if let own { (client.certificateChain, client.privateKey) = (own.chain, own.key) }
        self.client = try Self.context(client, certificate?.chain ?? authority ?? "TLS")
        guard let own, let certificate else {
            server = nil
            return
        }
        var server = TLSConfiguration.makeServerConfiguration(certificateChain: own.chain, privateKey: own.key)
        if let clientAuthority {
            server.trustRoots = .certificates(try Self.certificates(clientAuthority))
            server.certificateVerification = .noHostnameVerification
        }
        self.server = try Self.context(server, certificate.chain)
    }

    private static func context(
        _ configuration: TLSConfiguration, _ file: String
    ) throws(SIPEndpointError) -> NIOSSLContext {
        var configuration = configuration
        configuration.minimumTLSVersion = .tlsv12
        // How long a peer may take to say good-bye.
        configuration.shutdownTimeout = .seconds(1)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .credentials(file: file, reason: "certificate and key do not fit: \(error)")
        }
    }

    private static func load(
        _ chain: String, _ key: String
    ) throws(SIPEndpointError) -> (chain: [NIOSSLCertificateSource], key: NIOSSLPrivateKeySource) {
        let certificates = try certificates(chain)
        do {
            let key = try NIOSSLPrivateKey(file: key, format: .pem)
            return (certificates.map { .certificate($0) }, .privateKey(key))
        } catch {
            throw .credentials(file: key, reason: "no private key can be read")
        }
    }

    private static func certificates(_ file: String) throws(SIPEndpointError) -> [NIOSSLCertificate] {
        let found = try? NIOSSLCertificate.fromPEMFile(file)
        guard let found, !found.isEmpty else { throw .credentials(file: file, reason: "no certificate can be read") }
        return found
    }
}
