extension Timestamp {
    /// The same time of the day as many months later, or earlier, by the calendar of UTC.
    ///
    /// A day that the month does not have becomes its last one: a month before 31 March is 28 or 29 February.
    public func adding(months: Int) -> Timestamp {
        let (days, second) = floorDivide(seconds, 86_400)
        let date = civil(fromDays: days)
        let (years, month) = floorDivide(date.month - 1 + Int64(months), 12)
        let year = date.year + years
        let (nextYear, nextMonth) = month == 11 ? (year + 1, Int64(1)) : (year, month + 2)
        let first = daysFromCivil(year: year, month: month + 1, day: 1)
        let length = daysFromCivil(year: nextYear, month: nextMonth, day: 1) - first
        return Timestamp(
            seconds: (first + min(date.day, length) - 1) * 86_400 + second, nanoseconds: nanoseconds)
    }
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}
