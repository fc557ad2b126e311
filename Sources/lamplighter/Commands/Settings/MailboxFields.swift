// The settings of a mailbox by name, as `lamplighter mailbox set` takes them (B1–B8, C1–C13, D4, E2, E6).

import Foundation
import Mailboxes

extension SettingField where Settings == MailboxSettings {
    static var all: [SettingField] { voice + callers + owner }

    private static var voice: [SettingField] {
        [
            .text("language", "a folder of prompts/; nothing: the organisation's", \.language),
            .text("time-zone", "such as Europe/Madrid; nothing: the organisation's", \.timeZone),
            .text("keymap", "a file of dialplan/keymaps/; nothing: the organisation's", \.keymap),
        ]
    }

    private static var callers: [SettingField] {
        [
            .flag("enabled", \.isEnabled), .flag("announcement-only", \.isAnnouncementOnly),
            .flag("early-greeting", \.greetsEarly), .flag("review", \.offersReview),
            .flag("urgent", \.allowsUrgent), .flag("skip-instructions", \.skipsInstructions),
            callerKeys,
            .text("operator", "a number; nothing: the organisation's", \.operatorNumber),
            .list("copies", "mailbox numbers with commas", \.copies),
            .number("greeting", "1 to 9; nothing: the unavailable greeting", \.chosenGreeting),
            temporaryGreetingEnds,
            .number("minimum-message", "seconds; nothing: the system's", \.minimumMessage),
            .number("maximum-message", "seconds; nothing: the system's", \.maximumMessage),
        ]
    }

    private static var owner: [SettingField] {
        [
            .choice("envelope", \.envelope), .choice("order", \.order),
            .number("skip", "seconds; nothing: the system's", \.skip),
            .number("speed", "percent, 50 to 200; nothing: as it was spoken", \.speed),
            .number("volume", "decibels, -12 to 12; nothing: as it was recorded", \.volume),
            .flag("plays-new-at-once", \.playsNewAtOnce), .flag("goes-on-after-delete", \.goesOnAfterDelete),
            .flag("introduction", \.needsIntroduction), .flag("call-back", \.mayCallBack),
            .flag("broadcast", \.mayBroadcast), .flag("no-pin-from-own-phone", \.isPINFreeFromOwnPhone),
            .flag("hidden", \.isHiddenFromDirectory), .list("emails", "addresses with commas", \.emails),
            .number("warns-at", "percent of the quota", \.warnsAt), .flag("tells-when-full", \.tellsWhenFull),
        ]
    }

    /// "0=operator,1=mailbox:102,2=number:5551234".
    private static var callerKeys: SettingField {
        SettingField(
            name: "caller-keys",
            values: "key=target with commas; targets: skip, log-in, operator, none, number:N, mailbox:N"
        ) { text in
            var keys: [String: CallerKeyTarget] = [:]
            for part in parts(text) {
                let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
                guard sides.count == 2, let target = CallerKeyTarget(sides[1]) else {
                    throw BadValue("made of parts such as 0=operator")
                }
                guard keys.updateValue(target, forKey: sides[0]) == nil else { throw BadValue("each key once") }
            }
            return { [keys] in $0.callerKeys = keys }
        } show: { settings in
            settings.callerKeys.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        }
    }

    private static var temporaryGreetingEnds: SettingField {
        SettingField(name: "temporary-greeting-ends", values: "such as 2026-12-24T18:00:00Z; nothing: when deleted") {
            text in
            if text.isEmpty { return { $0.temporaryGreetingEnds = nil } }
            guard let date = try? Date(text, strategy: .iso8601) else {
                throw BadValue("a time such as 2026-12-24T18:00:00Z")
            }
            return { $0.temporaryGreetingEnds = date.timeIntervalSince1970 }
        } show: { settings in
            settings.temporaryGreetingEnds.map { Date(timeIntervalSince1970: $0).formatted(.iso8601) } ?? ""
        }
    }
}
