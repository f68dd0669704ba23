internal import Support

/// A date and time as zip headers have them: from 1980 on, in steps of two seconds.
struct DOSTime {
    let date: UInt16
    let time: UInt16

    /// The first moment there is, for archives that shall not tell.
    static let epoch = DOSTime(date: 1 << 5 | 1, time: 0)

    private init(date: UInt16, time: UInt16) {
        self.date = date
        self.time = time
    }

    /// Converts a moment in UTC; what lies outside 1980 to 2107 becomes the epoch.
    init(_ timestamp: Timestamp) {
        let (days, second) = timestamp.seconds.quotientAndRemainder(dividingBy: 86_400)
        // Days since 0000-03-01, then years of 400-year eras that begin in March (the leap day comes last).
        guard second >= 0, (3_652...50_402).contains(days) else {
            self = .epoch
            return
        }
        let shifted = Int(days) + 719_468
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = shifted / 146_097 * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        date = UInt16((year - 1980) << 9 | month << 5 | day)
        let (hour, minute) = (Int(second) / 3_600, Int(second) / 60 % 60)
        time = UInt16(hour << 11 | minute << 5 | Int(second) % 60 / 2)
    }
}
