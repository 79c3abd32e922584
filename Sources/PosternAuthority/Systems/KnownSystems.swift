// SPDX-License-Identifier: Apache-2.0
package import PosternKnock

/// Signatures of the systems that doors may demand: what their kernels are known to send by default, at any distance and segment size.
package enum KnownSystems {
  package static let texts: [(system: OperatingSystem, pattern: String)] =
    others
    + wholeSegments.flatMap { count in
      [
        (.linux, "*:64:0:*:mss*\(count),*:mss,sok,ts,nop,ws:df,id+:0"),
        (.windows, "*:128:0:*:mss*\(count),8:mss,nop,ws,nop,nop,sok:df,id+:0"),
      ]
    }

  /// As many segments as fit into 64 KiB: over loopback, jumbo frames, and paths from 1500 down to 1280 bytes in either family.
  private static let wholeSegments: [Int] = [1, 7] + Array(44...53)

  private static let others: [(system: OperatingSystem, pattern: String)] = [
    // 2.4 and 2.6: a window of some segments, the scale by the memory for receiving. From 2.6.39 ten segments, later twenty; from 4.19 as
    // many as fit into 64 KiB (`wholeSegments`). The numbers are those windows of an Ethernet where a router has lowered the segment size.
    (.linux, "*:64:0:*:mss*2,*:mss,sok,ts,nop,ws:df,id+:0"),
    (.linux, "*:64:0:*:mss*3,*:mss,sok,ts,nop,ws:df,id+:0"),
    (.linux, "*:64:0:*:mss*4,*:mss,sok,ts,nop,ws:df,id+:0"),
    (.linux, "*:64:0:*:mss*10,*:mss,sok,ts,nop,ws:df,id+:0"),
    (.linux, "*:64:0:*:mss*20,*:mss,sok,ts,nop,ws:df,id+:0"),
    (.linux, "*:64:0:*:5840,*:mss,sok,ts,nop,ws:df,id+:0"),
    (.linux, "*:64:0:*:14600,*:mss,sok,ts,nop,ws:df,id+:0"),
    (.linux, "*:64:0:*:29200,*:mss,sok,ts,nop,ws:df,id+:0"),
    (.linux, "*:64:0:*:64240,*:mss,sok,ts,nop,ws:df,id+:0"),
    (.linux, "*:64:0:*:64800,*:mss,sok,ts,nop,ws:df,id+:0"),
    // Android.
    (.linux, "*:64:0:*:65535,*:mss,sok,ts,nop,ws:df,id+:0"),
    // With timestamps switched off.
    (.linux, "*:64:0:*:mss*44,*:mss,nop,nop,sok,nop,ws:df,id+:0"),
    (.linux, "*:64:0:*:mss*10,*:mss,nop,nop,sok,nop,ws:df,id+:0"),

    // 2000 and XP: no scale.
    (.windows, "*:128:0:*:65535,0:mss,nop,nop,sok:df,id+:0"),
    (.windows, "*:128:0:*:16384,0:mss,nop,nop,sok:df,id+:0"),
    (.windows, "*:128:0:*:mss*44,0:mss,nop,nop,sok:df,id+:0"),
    (.windows, "*:128:0:*:mss*45,0:mss,nop,nop,sok:df,id+:0"),
    (.windows, "*:128:0:*:65535,*:mss,nop,ws,nop,nop,sok:df,id+:0"),
    // Vista, 7, 8 and servers of their time.
    (.windows, "*:128:0:*:8192,*:mss,nop,ws,nop,nop,sok:df,id+:0"),
    (.windows, "*:128:0:*:8192,0:mss,nop,nop,sok:df,id+:0"),
    // 10 and 11, besides `wholeSegments`.
    (.windows, "*:128:0:*:64240,8:mss,nop,ws,nop,nop,sok:df,id+:0"),

    // The list ends before the header does. Older ones number their packets.
    (.macos, "*:64:0:*:65535,*:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+:0"),
    (.macos, "*:64:0:*:65535,*:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0"),

    // From 12 on unfragmentable packets have no number (RFC 6864).
    (.freebsd, "*:64:0:*:65535,*:mss,nop,ws,sok,ts:df,id+:0"),
    (.freebsd, "*:64:0:*:65535,*:mss,nop,ws,sok,ts:df:0"),

    (.openbsd, "*:64:0:*:16384,*:mss,nop,nop,sok,nop,ws,nop,nop,ts:df,id+:0"),
    (.openbsd, "*:64:0:*:16384,*:mss,nop,nop,sok,nop,ws,nop,nop,ts:df:0"),

    // 9; 10 with and without timestamps, whose segment size may come last.
    (.solaris, "*:64:0:*:mss*34,0:mss,nop,nop,sok:df,id+:0"),
    (.solaris, "*:64:0:*:mss*34,0:mss,nop,ws,nop,nop,sok:df,id+:0"),
    (.solaris, "*:64:0:*:32850,1:mss,nop,nop,ts,nop,ws,nop,nop,sok:df,id+:0"),
    (.solaris, "*:64:0:*:32850,1:nop,ws,nop,nop,ts,nop,nop,sok,mss:df,id+:0"),
  ]

  /// What does not read knows nobody; a test reads each.
  package static let signatures = texts.compactMap { system, text in SynPattern(text).map { SystemSignature(system, $0) } }
}
