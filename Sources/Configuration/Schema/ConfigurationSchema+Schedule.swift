/// When something happens: a job's `schedule`, and those of checks, drills and digests.
extension ConfigurationSchema {
    static let schedule = ObjectShape(
        keys: timing + [
            .init(
                "catch_up",
                .value(
                    .word(
                        ScheduleSpecification.CatchUp.allCases.map { $0.rawValue },
                        foreign: [
                            "all": "after downtime one run is enough: write `once`", "never": "write `none`",
                            "true": "write `once`", "false": "write `none`",
                        ])),
                "What becomes of runs that were missed: `once` makes up for all of them with one, `none` drops them.",
                absent: "`once`"),
            .init(
                "on_overlap",
                .value(
                    .word(
                        ScheduleSpecification.Overlap.allCases.map { $0.rawValue },
                        foreign: [
                            "forbid": "write `skip`",
                            "replace": "a run is never cut short for the next: write `skip` or `queue`",
                            "cancel": "a run is never cut short for the next: write `skip` or `queue`",
                            "cancel_running": "a run is never cut short for the next: write `skip` or `queue`",
                            "wait": "write `queue`", "allow": "a job never runs twice at once: write `skip` or `queue`",
                        ])), "What becomes of a run that is due while the last one is not done: `skip` or `queue`.",
                absent: "`skip`"),
            .init("timeout", .value(.duration), "How long a run may take before it is stopped.", absent: "no limit"),
            .init("window", .object(window), "The time of the day that runs must keep to.", absent: "any time"),
            .init(
                "after", .oneOf(value: nil, list: .list(of: .object(after), minimum: 1), object: after),
                "Jobs that go first when both are due.", absent: "no order"),
        ], alternatives: ["cron", "every"], needsAlternative: true, companions: ["at": "every", "days": "every"],
        foreign: foreignTiming.merging(
            [
                "overlap": "write `on_overlap: skip`",
                "concurrency_policy": "write `on_overlap: skip` or `on_overlap: queue`",
                "run_missed": "write `catch_up: once`", "persistent": "write `catch_up: once`",
                "depends_on": "write `after: { job: NAME }`", "needs": "write `after: { job: NAME }`",
                "max_duration": "write `timeout: 6h`", "starting_deadline_seconds": "write `catch_up: once`",
            ]) { $1 })

    /// A schedule of something that belongs to a job, such as a check.
    static let subordinateSchedule = ObjectShape(
        keys: timing, name: "schedule", alternatives: ["cron", "every"], needsAlternative: true,
        companions: ["at": "every", "days": "every"], foreign: foreignTiming)

    private static let timing: [ObjectShape.Key] = [
        .init(
            "cron", .oneOf(value: .cron, list: .list(of: .value(.cron), minimum: 1), object: nil),
            "When it is due: minute, hour, day of month, month, weekday; or with seconds before them; or `@daily`. `H` is a stable choice."
        ),
        .init(
            "every", .value(.interval), "The time between two runs, counted on the clock from Monday, 1 January 2024.",
            advice: "add `every: 1d`"),
        .init("at", .value(.clockTime), "The time of the day that `every` counts from.", absent: "`\"00:00\"`"),
        .init("days", .list(of: .value(.weekday), minimum: 1), "The weekdays on which it may be due.", absent: "all"),
        .init("timezone", .value(.timezone), "The time zone whose clocks count.", absent: "that of `runtime`"),
        .init("jitter", .value(.duration), "Up to that much later, by a stable choice for each job.", absent: "none"),
    ]

    private static let foreignTiming = [
        "weekdays": "write `days: [mon, tue]` beside `every`",
        "allowed_days": "write `days: [mon, tue]` beside `every`",
        "interval": "write `every: 6h`", "repeat": "write `every: 1d`", "time": "write `at: \"02:30\"` beside `every`",
        "on_calendar": "write `cron:` or `every:`; systemd's calendar is not read", "tz": "write `timezone: NAME`",
        "random_delay": "write `jitter: 20min`", "randomized_delay_sec": "write `jitter: 20min`",
        "expression": "write `cron: \"30 2 * * *\"`", "daily": "write `cron: \"@daily\"`, or `every: 1d`",
        "max_frequency_days": "write `every: 1d`", "max_frequency_hours": "write `every: 1h`",
    ]

    static let window = ObjectShape(
        keys: [
            .init(
                "from", .value(.clockTime), required: true, "The time from which runs may work.",
                advice: "add `from: \"22:00\"`"),
            .init(
                "to", .value(.clockTime), required: true,
                "The time until which they may; on the next day, when that is not after `from`.",
                advice: "add `to: \"06:00\"`"),
            .init("days", .list(of: .value(.weekday), minimum: 1), "The weekdays on which it opens.", absent: "all"),
            .init(
                "on_exceed",
                .value(
                    .word(
                        ScheduleSpecification.Window.Excess.allCases.map { $0.rawValue },
                        foreign: [
                            "abort": "write `stop`", "cancel": "write `stop`", "pause": "write `suspend`",
                            "ignore": "write `continue`",
                        ])),
                "What becomes of a run that is not done when it closes: `suspend` goes on when it opens again, `stop` ends it with a partial version, `continue` lets it run.",
                absent: "`suspend`"),
        ],
        foreign: [
            "start": "write `from: \"22:00\"`", "end": "write `to: \"06:00\"`", "exceed": "write `on_exceed: suspend`",
        ])

    static let after = ObjectShape(
        keys: [
            .init(
                "job", .value(.name(of: .job)), required: true, "The job that goes first.", advice: "add `job: NAME`"),
            .init(
                "result",
                .value(
                    .word(
                        ScheduleSpecification.Order.Result.allCases.map { $0.rawValue },
                        foreign: [
                            "ok": "write `success`", "service_completed_successfully": "write `success`",
                            "always": "write `any`", "completed": "write `any`",
                        ])), "How it must have ended: `success`, or in `any` way.", absent: "`success`"),
            .init("optional", .value(.boolean), "Whether it is enough that it is not due itself.", absent: "`true`"),
        ], foreign: ["condition": "write `result: success` or `result: any`"])
}
