// SPDX-License-Identifier: Apache-2.0
// netinet/in.h first: after it the kernel's headers leave out what both define.
#include <netinet/in.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>

#include <libnetfilter_log/libnetfilter_log.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
