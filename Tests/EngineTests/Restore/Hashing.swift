import Cryptography
import Foundation

func sha256(_ data: Data) -> String {
    HashContext(.sha256).hash([UInt8](data)).hex
}
