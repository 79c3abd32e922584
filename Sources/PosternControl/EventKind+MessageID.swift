// SPDX-License-Identifier: Apache-2.0

extension EventKind {
  /// The journal's MESSAGE_ID of this kind of event, for `journalctl MESSAGE_ID=...` and message catalogs. They never change.
  package var messageID: String {
    switch self {
    case .start: "10cbd9f3974b4bcc810019f12d76efa7"
    case .stop: "e1de461dd7054b04b70a37c528eef9fc"
    case .gateReady: "c4ee4ffb563847099ab3da1cc1f69b42"
    case .fence: "ce92f4620a294e1aa6b604fa8f09fc9a"
    case .gateRestart: "55306b65c01f4bf29a608efb39d809c2"
    case .grant: "5e8be7effa0e4db09a3590b92a1bd9a8"
    case .observed: "a134cb33f2ba4b589dadf41edf129f8c"
    case .refusal: "3383045a5a3e4d88b7c0e22ac2d27a15"
    case .adopt: "4185588997b046ccaafdcd95271bedab"
    case .leaseEnd: "c7c44759def441a798a545c2b5f17226"
    case .closeFailed: "b302b738547b48daac6c92cf1b532288"
    case .revoke: "c4c16760ede44ed8b06db6d60b65563f"
    case .reload: "b1ad36e5a3b3466e9cf1ca4c159c5c16"
    case .reloadRefused: "2567552e26dd422fb3d56b86021b9e89"
    case .elementDeleted: "573c32fd050f435698a3c3eb6ebc7551"
    case .setsLost: "327cf04db8cc44a0bbbedb3d9ead0391"
    case .restore: "94d777aa3a28461594feae2362efaf2f"
    case .session: "3f0c2d1f8b7e4d6fa0a93be1c25f7d48"
    case .sessionEnd: "b6a41e97c3d2450d8e51f07a9ac6e213"
    case .strangers: "148ca3f8060a4ea89d733fb199dd1dfa"
    case .alarm: "16e05f63594b4623bf502d7b5309c385"
    case .auditLost: "6f96d9f171f64470af16621dde5e484f"
    case .run: "e8d7404b2a164c6fb3f0917c5d8e2a61"
    case .action: "5a0de3c1b7f24d0f9c4e86a1d2b7f390"
    case .service: "c2f1a96e08d34b5d8e7713f5a4c60b2e"
    case .ban: "8d1c7e52f04b4a6e9b3df6a0c5172e94"
    case .banEnd: "e07b36a9d5c14f28a1f48c2d9b6e0357"
    case .banRefused: "41f9d2e8b7a6403c95de0a6c3f8b7214"
    }
  }
}
