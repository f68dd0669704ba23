/// What the objects that several others name are called.
struct Objects {
    /// The service account, the NetworkPolicy and the Deployment.
    let common: String
    /// The ConfigMap.
    let configMap: String
    /// The Secret, which is not among what is rendered.
    let secret: String

    init(_ request: RenderRequest) {
        common = request.name
        configMap = "\(request.name)-config"
        secret = request.secret ?? "\(request.name)-secrets"
    }
}
