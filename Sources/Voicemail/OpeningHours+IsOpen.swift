// Whether there is anybody to answer (B1), by the clock on the wall of the organisation: an hour that clocks skip is
// never, one that they repeat counts twice.
import Foundation
import Mailboxes

extension OpeningHours {
    func isOpen(at date: Date, in zone: TimeZone) -> Bool {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let now = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute], from: date)
        guard let year = now.year, let month = now.month, let day = now.day, let weekday = now.weekday,
            let hour = now.hour, let minute = now.minute
        else { return true }
        if closed.contains("\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))") { return false }
        return (days[weekday] ?? []).contains { $0.from <= hour * 60 + minute && hour * 60 + minute < $0.to }
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
