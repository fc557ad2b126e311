// Whose mailbox a diverted call is for (A6). A trusted peer tells who diverted it; the organisation's setting says
// whether the first or the last of them counts, the store and the number plan which of them has a mailbox here. The
// number dialled decides only where none has.

import CallControl
import Dialplan
import Logging
import Mailboxes
import SIP

/// What a call is for, and who diverted it.
struct Destination: Equatable {
    var application: Application
    var diversion: Diversion?
}

struct DivertedCall {
    let store: any Store
    let plan: Dialplan
    /// The organisation's.
    let domain: String

    /// What the call is for; nil when it was diverted by nobody who has a mailbox here, and dialled none.
    /// - Parameters:
    ///   - dialled: what the number plan says of the number dialled.
    ///   - caller: who called in the first place.
    func destination(_ told: Diversions, dialled: Application?, caller: String?) async throws -> Destination? {
        let parties = try await (told.target.map { [$0] } ?? []) + inOrder(told.parties)
        var diversion = try await diversion(among: parties, otherwise: told.reason)
        if diversion == nil, dialled?.mayLogIn ?? false {
            // Whoever dials the pilot number for himself has not been diverted from his own extension.
            let hints = told.hints.filter { $0.number != caller }
            diversion = try await self.diversion(among: hints, otherwise: told.reason)
        }
        if let diversion {
            return Destination(application: .deposit(["mailbox": diversion.number], as: dialled), diversion: diversion)
        }
        guard let dialled else { return nil }
        guard told.isDiverted else { return Destination(application: dialled) }
        if let first = dialled.mailboxes.first {
            return Destination(
                application: .deposit(dialled.arguments, as: dialled),
                diversion: Diversion(number: first, reason: Diversion.Reason(told.reason)))
        }
        return dialled.mayLogIn ? nil : Destination(application: dialled)
    }

    /// More than any call was sent through; it bounds the work that one call can make.
    static let mostParties = 16

    /// Whose mailbox counts first, by the organisation's setting.
    private func inOrder(_ parties: [DivertingParty]) async throws -> [DivertingParty] {
        guard parties.count > 1 else { return parties }
        let last = try await store.organisation(domain: domain)?.settings.diverted == .last
        return last ? parties : parties.reversed()
    }

    private func diversion(
        among parties: [DivertingParty], otherwise reason: DivertingReason
    ) async throws -> Diversion? {
        for party in parties.prefix(Self.mostParties) {
            guard let number = try await mailbox(of: party) else { continue }
            let told = party.reason == .unknown ? reason : party.reason
            return Diversion(number: number, reason: Diversion.Reason(told), isPrivate: party.isPrivate)
        }
        return nil
    }

    /// The number by which the mailbox of an address is reached: as it stands, or as the number plan maps it.
    private func mailbox(of party: DivertingParty) async throws -> String? {
        guard let number = party.number else { return nil }
        // Another organisation's 100 is not ours.
        if party.uri.host != domain, try await store.organisation(domain: party.uri.host) != nil { return nil }
        if try await store.mailbox(reachedBy: number, domain: domain) != nil { return number }
        guard let mapped = plan.application(for: number, domain: domain), !mapped.mayLogIn,
            let first = mapped.mailboxes.first
        else { return nil }
        return try await store.mailbox(reachedBy: first, domain: domain) == nil ? nil : first
    }
}

extension Application {
    /// The application of every diverted call; the language is that of the number dialled.
    fileprivate static func deposit(_ arguments: [String: String], as dialled: Application?) -> Application {
        let language = dialled?.arguments.filter { $0.key == "language" } ?? [:]
        return Application(name: "leave-message", arguments: arguments.merging(language) { $1 })
    }

    /// Whether its caller may be asked for a PIN straight away.
    fileprivate var mayLogIn: Bool { !["leave-message", "directory"].contains(name) }

    fileprivate var mailboxes: [String] { (arguments["mailbox"] ?? "").split(separator: "&").map(String.init) }
}

extension Diversion.Reason {
    fileprivate init(_ reason: DivertingReason) {
        self =
            switch reason {
            case .noAnswer: .noAnswer
            case .busy: .busy
            case .unconditional: .unconditional
            case .outOfHours: .outOfHours
            case .unavailable: .unavailable
            case .unknown: .unknown
            }
    }
}

extension Diversions {
    /// Who diverted, where none of them has a mailbox here: what an administrator has to look for in the number plan.
    var logFields: Logger.Metadata {
        guard isDiverted else { return [:] }
        let parties = (target.map { [$0] } ?? []) + self.parties
        let numbers = parties.prefix(DivertedCall.mostParties).map { $0.number ?? "?" }
        return ["diverted-by": "\(numbers.isEmpty ? "?" : numbers.joined(separator: " "))"]
    }
}
