import JSON
import Testing

@testable import Destinations

@Suite("The choice of an endpoint") struct EndpointChoiceTests {
    private static func endpoint(
        _ interface: EndpointInterface, _ region: String?, _ url: String, id: String? = nil
    ) -> ServiceCatalogue.Endpoint {
        .init(interface: interface, region: region, regionID: id ?? region, url: url)
    }

    private static let catalogue = ServiceCatalogue(services: [
        [
            endpoint(.admin, "One", "a1"), endpoint(.internal, "One", "i1"), endpoint(.public, "One", "p1"),
            endpoint(.admin, "Two", "a2"), endpoint(.public, "Two", "p2"), endpoint(.public, "two", "p2-lower"),
        ]
    ])

    /// Each row: the interface, the region, whether it is strict, Rackspace's region, what comes of it, and a word of
    /// the warning.
    struct Row: Sendable, CustomStringConvertible {
        let interface: EndpointInterface
        let region: String?
        let usual: String?
        let url: String
        let warning: String?
        var description: String { "\(interface.rawValue) \(region ?? "-") \(usual ?? "-") → \(url)" }
        init(_ interface: EndpointInterface, _ region: String?, _ usual: String?, _ url: String, _ warning: String?) {
            self.interface = interface
            self.region = region
            self.usual = usual
            self.url = url
            self.warning = warning
        }
    }

    static let rows = [
        Row(.public, nil, nil, "p1", nil),
        Row(.public, "Two", nil, "p2", nil),
        Row(.public, "two", nil, "p2-lower", nil),
        Row(.public, "TWO", nil, "p2", nil),
        Row(.public, "Three", nil, "p1", "the regions are One, Two, two"),
        Row(.public, nil, "Two", "p2", nil),
        Row(.public, "One", "Two", "p1", nil),
        Row(.public, "Three", "Two", "p2", "no region 'Three'; 'Two' is used"),
        Row(.public, nil, "Three", "p1", nil),
        Row(.internal, nil, nil, "i1", nil),
        Row(.internal, "Two", nil, "i1", "no region 'Two'"),
        Row(.admin, "Two", nil, "a2", nil),
    ]

    @Test("goes by interface, then region, then order", arguments: rows)
    func choice(_ row: Row) throws {
        let choice = try EndpointChoice(
            Self.catalogue, EndpointWish(interface: row.interface, region: row.region), defaultRegion: row.usual)
        #expect(choice.url == row.url)
        if let warning = row.warning {
            #expect(choice.warning?.contains(warning) == true, "\(choice.warning ?? "-")")
        } else {
            #expect(choice.warning == nil)
        }
    }

    @Test("a region that is not there is an error where that was asked for")
    func strict() throws {
        let refusal = try IdentityKit.refusal {
            _ = try EndpointChoice(Self.catalogue, EndpointWish(region: "Three", isStrict: true))
        }
        #expect(refusal.kind == .configuration && refusal.detail.contains("One, Two, two"))
    }

    @Test("an interface that is not there is replaced by public, then internal, never by admin")
    func fallback() throws {
        let inside = ServiceCatalogue(services: [
            [Self.endpoint(.admin, "One", "a"), Self.endpoint(.internal, "One", "i")]
        ])
        let choice = try EndpointChoice(inside, EndpointWish())
        #expect(choice.url == "i" && choice.warning?.contains("no public endpoint") == true)
        let admin = ServiceCatalogue(services: [[Self.endpoint(.admin, "One", "a")]])
        #expect(try IdentityKit.refusal { _ = try EndpointChoice(admin, EndpointWish()) }.kind == .configuration)
        let none = ServiceCatalogue(services: [])
        let refusal = try IdentityKit.refusal { _ = try EndpointChoice(none, EndpointWish()) }
        #expect(refusal.detail.contains("object-store"))
    }

    @Test("of several services for objects the first with a fitting endpoint counts, and empty URLs do not")
    func services() throws {
        let catalogue = ServiceCatalogue(services: [
            [Self.endpoint(.public, "One", "")], [Self.endpoint(.public, "Two", "p2")],
        ])
        #expect(try EndpointChoice(catalogue, EndpointWish()).url == "p2")
    }

    @Test("both forms of catalogues are read, and services for other things left out")
    func parsing() throws {
        let three = try JSONValue(
            parsing: """
                [{"type":"s3","endpoints":[{"interface":"public","region":"R","url":"http://s3"}]},
                {"type":"Object-Store","endpoints":[{"interface":"publicURL","region_id":"R","url":"http://a"},
                {"interface":"odd","url":"http://b"}]}]
                """)
        #expect(
            ServiceCatalogue(three)?.services == [
                [.init(interface: .public, region: nil, regionID: "R", url: "http://a")]
            ])
        let two = try JSONValue(
            parsing: """
                [{"type":"object-store","endpoints":[{"region":"R","publicURL":"http://p","internalURL":"http://i"}]}]
                """)
        #expect(
            ServiceCatalogue(two)?.services == [
                [
                    .init(interface: .public, region: "R", regionID: nil, url: "http://p"),
                    .init(interface: .internal, region: "R", regionID: nil, url: "http://i"),
                ]
            ])
        #expect(ServiceCatalogue(nil) == nil && ServiceCatalogue(.object([])) == nil)
    }
}
