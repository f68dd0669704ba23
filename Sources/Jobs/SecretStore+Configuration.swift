public import Configuration
public import Secrets

extension SecretStore {
    /// The secrets that a configuration defines.
    /// - Parameters:
    ///   - configuration: what defines them.
    ///   - environment: the variables of this process.
    ///   - mask: learns every value that is fetched.
    public convenience init(of configuration: Configuration, environment: [String: String], mask: SecretMask) {
        var surroundings = SecretSurroundings(environment: environment, version: ProgramVersion.current)
        if !configuration.runtime.isStateless {
            surroundings.cacheFolder =
                StateFolder(configuration.runtime.stateDirectory, environment: environment).path
        }
        self.init(sources: configuration.secrets, surroundings: surroundings, mask: mask)
    }
}
