// The one place where everything is put together, and the order in which it starts and stops. A start opens the
// store (which finishes what a crash left), loads prompts and plan, and only then listens. A stop turns it round:
// no new calls, running ones may end, phones are told, the store closes last.

import Dialplan
import Foundation
import Logging
import Mailboxes
import CallControl
import Media
import Phones
import Phrases
import SIP
import ServiceLifecycle
import Telephony
import Voicemail

final class Server: Sendable {
    private let configuration: Configuration
    private let logger: Logger
    private let store: SQLiteStore
    private let media: MediaEngine
    private let endpoint: SIPEndpoint
    private let phones: Phones
    private let switchboard: Switchboard
    private let desk: FrontDesk

    init(_ configuration: Configuration, logger: Logger) async throws {
        self.configuration = configuration
        self.logger = logger
        let materials = try Materials(configuration)
        for problem in materials.promptProblems { logger.error("prompt", metadata: ["problem": "\(problem)"]) }
        store = try await SQLiteStore.serve(directory: configuration.files.data, configuration, logger)
        media = try MediaEngine(MediaConfiguration(configuration), logger: logger)
        endpoint = SIPEndpoint(
            configuration: Self.endpointConfiguration(configuration, materials.credentials, logger), logger: logger)
        phones = Phones(store: store, settings: PhoneSettings(configuration), logger: logger)
        let routes = Routes(configuration.phones.outbound, phones: phones, endpoint: endpoint)
        let equipment = Equipment(
            media: media, prompts: materials.prompts, terms: AudioTerms(configuration.media),
            farewell: PromptID.endingForMaintenance.rawValue, endpoint: endpoint,
            route: { await routes.route(to: $0, of: $1) }, ringLimit: configuration.phones.ring)
        switchboard = Switchboard(equipment: equipment, logger: logger)
        let voicemail = VoicemailService(
            store: store, phrasebook: materials.phrasebook, keymaps: materials.keymaps,
            settings: VoicemailSettings(configuration.voicemail), now: { Date() }, logger: logger)
        desk = FrontDesk(
            phones: phones, store: store, switchboard: switchboard,
            rules: .init(plan: materials.plan, voicemail: voicemail),
            logger: logger)
    }

    private static func endpointConfiguration(
        _ configuration: Configuration, _ credentials: TLSCredentials?, _ logger: Logger
    ) -> SIPEndpointConfiguration {
        let descriptors = DescriptorLimit.raise()
        var endpoint = SIPEndpointConfiguration(configuration, credentials: credentials)
        endpoint.limits.maximumConnections = DescriptorLimit.connections(
            wanted: endpoint.limits.maximumConnections, opened: endpoint.limits.maximumOpenedConnections,
            calls: endpoint.limits.maximumCalls, available: descriptors)
        if endpoint.limits.maximumConnections < configuration.sip.connections.maximum {
            logger.warning(
                "fewer TCP connections than configured: the system allows too few open files",
                metadata: ["files": "\(descriptors)", "connections": "\(endpoint.limits.maximumConnections)"])
        }
        return endpoint
    }

    /// Sees to the sample organisation and prints the secrets that were made for it.
    private func prepareSample() async throws {
        let isLocal = configuration.sip.listen.allSatisfy(NumericAddress.isLoopback)
        for line in try await SampleOrganisation(store: store, isLocal: isLocal).prepare() { print("  " + line) }
    }

    /// Takes up the number plan, the key maps and the certificates as they are on disk now; a wrong file throws and
    /// changes nothing.
    func reload() async throws {
        let plan = try Dialplan.load(configuration.files.dialplan)
        let keymaps = try KeyMaps.load(configuration.files.keymaps)
        let credentials = try TLSCredentials(configuration)
        if let credentials { await endpoint.use(credentials) }
        desk.replaceRules { rules in
            rules.plan = plan
            rules.voicemail = rules.voicemail.with(keymaps)
        }
    }

    /// Serves until the process is to stop. What has been begun is closed, whatever ends it.
    func run(sample: Bool) async throws {
        do {
            if sample { try await prepareSample() }
            // SIGTERM may have come while prompts were read.
            if !Task.isShuttingDownGracefully { try await serve() }
        } catch {
            await close()
            throw error
        }
        await close()
    }

    private func serve() async throws {
        try await phones.load(into: endpoint)
        let addresses = try await endpoint.start(desk)
        await phones.start(endpoint)
        let plain = configuration.sip.listen.count
        for address in addresses.prefix(plain) { print("  SIP on UDP and TCP \(address)") }
        for address in addresses.dropFirst(plain) { print("  SIP on TLS \(address)") }
        print("  Dial 5001 for your own messages, 5000 for any mailbox, 03 and an extension to leave a message.")
        print("ready")
        fflush(nil)
        try? await gracefulShutdown()
        await stop()
    }

    private func stop() async {
        let settings = configuration.sip
        logger.notice("stopping", metadata: ["calls": "\(switchboard.count)"])
        endpoint.drain(retryAfter: settings.retryAfter)
        await switchboard.waitUntilIdle(atMost: settings.drain)
        await switchboard.endCalls()
        await switchboard.waitUntilIdle(atMost: .seconds(10))
        await phones.shutDown(within: .seconds(5))
        await endpoint.stop()
    }

    private func close() async {
        media.close()
        do { try await store.close() } catch {
            logger.error("the store did not close", metadata: ["reason": "\(error)"])
        }
    }
}
