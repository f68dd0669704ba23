internal import JSON

/// Who an endpoint is for.
enum EndpointInterface: String, Sendable, CaseIterable {
    case `public`
    case `internal`
    case admin

    /// Reads `public` and `publicURL`, in any letter case.
    init?(text: String) {
        let lowered = text.lowercased()
        self.init(rawValue: lowered.hasSuffix("url") ? String(lowered.dropLast(3)) : lowered)
    }
}

/// Which endpoint somebody wants.
struct EndpointWish: Sendable, Hashable {
    var interface = EndpointInterface.public
    var region: String?
    /// Whether a region that is not there is an error and not a warning.
    var isStrict = false
}

/// A catalogue of services, of which only those for objects matter.
struct ServiceCatalogue: Sendable, Hashable {
    /// One address of a service.
    struct Endpoint: Sendable, Hashable {
        var interface: EndpointInterface
        var region: String?
        var regionID: String?
        var url: String
    }

    /// The services of the type `object-store`, each with its endpoints in their order.
    var services: [[Endpoint]] = []

    /// Reads the `catalog` of version 3 or the `serviceCatalog` of version 2; nil when it is neither.
    init?(_ json: JSONValue?) {
        guard let entries = json?.array else { return nil }
        for entry in entries where entry["type"]?.string?.lowercased() == "object-store" {
            services.append((entry["endpoints"]?.array ?? []).flatMap { Self.endpoints($0) })
        }
    }

    init(services: [[Endpoint]]) { self.services = services }

    private static func endpoints(_ json: JSONValue) -> [Endpoint] {
        let region = json["region"]?.string
        let regionID = json["region_id"]?.string
        if let url = json["url"]?.string, let text = json["interface"]?.string {
            guard let interface = EndpointInterface(text: text) else { return [] }
            return [Endpoint(interface: interface, region: region, regionID: regionID, url: url)]
        }
        return EndpointInterface.allCases.compactMap { interface in
            json["\(interface.rawValue)URL"]?.string.map {
                Endpoint(interface: interface, region: region, regionID: regionID, url: $0)
            }
        }
    }
}

/// The endpoint that is used, and what there is to say about it.
struct EndpointChoice: Sendable, Hashable {
    let url: String
    let region: String?
    /// A sentence when it is not quite what was asked for.
    let warning: String?

    /// Chooses by the rules of the original, without its faults: the interface first, then the region exactly, then in
    /// any letter case, then the first one with a warning; never `admin` unless it was asked for.
    /// - Parameters:
    ///   - catalogue: what the login brought.
    ///   - wish: the interface and the region.
    ///   - defaultRegion: the region that Rackspace has for the user.
    /// - Throws: a refusal, when no endpoint may be used.
    init(_ catalogue: ServiceCatalogue, _ wish: EndpointWish, defaultRegion: String? = nil) throws(IdentityRefusal) {
        guard !catalogue.services.isEmpty else {
            throw IdentityRefusal(
                .configuration, "the project's catalogue has no service for objects (object-store)",
                advice: "Check the project, and whether object storage is enabled for it.")
        }
        let services = catalogue.services.map { $0.filter { !$0.url.isEmpty } }
        let order = [wish.interface] + [EndpointInterface.public, .internal].filter { $0 != wish.interface }
        guard let interface = order.first(where: { kind in services.contains { $0.contains { $0.interface == kind } } })
        else {
            throw IdentityRefusal(
                .configuration, "the catalogue has neither a public nor an internal endpoint for objects",
                advice: "Name the storage URL with `openstack-storage-url`.")
        }
        let endpoints = services.flatMap { $0 }.filter { $0.interface == interface }
        var warnings: [String] = []
        if interface != wish.interface {
            warnings.append(
                "the catalogue has no \(wish.interface.rawValue) endpoint for objects; the \(interface.rawValue) one is used"
            )
        }
        let found = wish.region.flatMap { Self.endpoint(of: $0, in: endpoints) }
        if let found {
            url = found.url
            region = found.regionName
        } else {
            let usual = defaultRegion.flatMap { Self.endpoint(of: $0, in: endpoints) } ?? endpoints[0]
            url = usual.url
            region = usual.regionName
            if let wanted = wish.region {
                let names = Self.regions(of: endpoints)
                if wish.isStrict {
                    throw IdentityRefusal(
                        .configuration, "there is no region '\(wanted)'; the regions are \(names)",
                        advice: "Correct `openstack-region`.")
                }
                warnings.append(
                    "there is no region '\(wanted)'; \(usual.regionName.map { "'\($0)'" } ?? "the first one") is used "
                        + "(the regions are \(names))")
            }
        }
        warning = warnings.isEmpty ? nil : warnings.joined(separator: "; ")
    }

    private static func endpoint(
        of region: String, in endpoints: [ServiceCatalogue.Endpoint]
    ) -> ServiceCatalogue.Endpoint? {
        endpoints.first { $0.region == region || $0.regionID == region }
            ?? endpoints.first {
                $0.region?.lowercased() == region.lowercased() || $0.regionID?.lowercased() == region.lowercased()
            }
    }

    private static func regions(of endpoints: [ServiceCatalogue.Endpoint]) -> String {
        var names: [String] = []
        for name in endpoints.compactMap(\.regionName) where !names.contains(name) { names.append(name) }
        return names.isEmpty ? "not named" : names.joined(separator: ", ")
    }
}

extension ServiceCatalogue.Endpoint {
    var regionName: String? { region ?? regionID }
}
