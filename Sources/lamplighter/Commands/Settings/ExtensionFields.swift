// The settings of an extension by name, as `lamplighter extension set` takes them (F3, F4).

import Mailboxes

extension SettingField where Settings == ExtensionSettings {
    static var all: [SettingField] {
        [
            .list("also-shows", "numbers of general mailboxes with commas", \.alsoShows),
            .choice("unsolicited", "nothing: the system's", \.unsolicited),
        ]
    }
}
