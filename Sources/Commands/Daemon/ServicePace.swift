/// How often a service is asked, and how long it is waited for.
struct ServicePace {
    /// How long a service may be busy, follow another configuration, or not answer.
    var patience = Duration.seconds(15)
    /// The pause between two looks at a run.
    var look = Duration.milliseconds(200)
    /// The pause between two attempts to pass a stop on.
    var stopPause = Duration.seconds(1)
    /// How many attempts there are to pass a stop on.
    var stopAttempts = 5
    /// How long the report of a run that has ended may be on its way: it is kept after the end is.
    var reportPatience = Duration.seconds(5)
}
