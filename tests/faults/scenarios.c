/*
 * scenarios.c - the ways of nsinit's in which system calls are made to fail
 * Each prints what it has found to be as it was asked for: an error that is passed over shows.
 */
#include "faults/faults.h"

/* "new" prints how many of the namespaces of its caller are others than nsinit's: see arena.c. */
const char scenario_prelude[] =
    "N=\"nsinit -s $SETUP\"\n"
    /* ready FILE: wait until it is there, true; or until the process $pid has ended, false */
    "ready() { until [ -e \"$1\" ] || ! [ -e /proc/$pid/exe ]; do sleep 0.01; done; "
    "[ -e \"$1\" ]; }\n"
    "first=0\n";

/* A target that nsinit did not make, with its PID in $in, ended by $end. */
#define TARGET(options)                                                                            \
    "unshare --fork --kill-child --pid --mount-proc " options " sleep 60 2>/dev/null & outer=$!\n" \
    "until [ -n \"$in\" ]; do read -r in _ </proc/$outer/task/$outer/children; done\n"             \
    "until [ \"$(cat /proc/$in/comm)\" = sleep ]; do sleep 0.01; done\n"                           \
    "end() { kill -KILL $in; wait $outer; } 2>/dev/null\n"

const struct scenario scenarios[] = {
    {.name = "plain", .script = "$N -- echo ran", .output = "ran\n"},
    {.name = "missing",
     .script = "$N --unshare uts -- ./missing",
     .output = "",
     .code = 127,
     .messages = 1},
    {.name = "user",
     .script = "$N --user nobody --workdir /tmp --umask 027 --rlimit nofile=64 --nice 3 "
               "--oom-score-adj 500 --cap-drop all --no-new-privs -- sh -c '"
               "id -u; id -G; umask; pwd; ulimit -n; nice; cat /proc/self/oom_score_adj; "
               "grep -E \"CapEff|CapBnd|NoNewPrivs\" /proc/self/status'",
     .output = "65534\n65534\n0027\n/tmp\n64\n3\n500\nCapEff:\t0000000000000000\n"
               "CapBnd:\t0000000000000000\nNoNewPrivs:\t1\n"},
    {.name = "numeric-user",
     .script = "$N --user 1234:2345 --groups 7,8 --cap-drop all --cap-add chown -- sh -c '"
               "id -u; id -G; grep CapEff /proc/self/status'",
     .output = "1234\n2345 7 8\nCapEff:\t0000000000000001\n"},
    {.name = "namespaces",
     .script = "$N --unshare pid,net,mnt,uts,ipc,user,cgroup --map-root-user --hostname inside "
               "-- sh -c 'hostname; new; id -u; [ -e /proc/9 ] || echo fresh; "
               "grep -c 127.0.0.1 /proc/net/fib_trie'",
     .output = "inside\n7\n0\nfresh\n2\n"},
    {.name = "namespaces-user",
     .script = "$N --unshare pid,net,mnt,uts,ipc,user,cgroup --map-users 0:100000:65536 "
               "--map-groups 0:100000:65536 --user 7:8 --domainname d --no-new-privs "
               "-- sh -c 'domainname; new; id -u; id -G; cat /proc/self/uid_map'",
     .output = "d\n7\n7\n8\n         0     100000      65536\n"},
    {.name = "as-pid-1",
     .script = "$N --unshare all --map-users 0:100000:65536 --map-groups 0:100000:65536 "
               "--as-pid-1 --monotonic 1000 -- sh -c 'echo $$; new; cat /proc/self/uid_map'",
     .output = "1\n8\n         0     100000      65536\n"},
    {.name = "first",
     .script = "unshare --pid --fork --mount-proc $N --unshare uts -- sh -c 'new; echo ran'",
     .output = "3\nran\n"},
    {.name = "clocks",
     .script = "$N --unshare time,pid --boottime 1000000 -- sh -c 'new; "
               "[ $(cut -d. -f1 /proc/uptime) -gt 999999 ] && echo later'",
     .output = "2\nlater\n"},
    {.name = "kept",
     .script = "$N --unshare net=/tmp/net --unshare uts=/tmp/uts --unshare ipc --hostname kept "
               "-- hostname; code=$?\n"
               "[ $code != 0 ] || { umount /tmp/net /tmp/uts && rm /tmp/net /tmp/uts; }\n"
               "exit $code",
     .output = "kept\n"},
    {.name = "enter-kept",
     .script = "touch /tmp/net /tmp/uts\n"
               "unshare --net=/tmp/net --uts=/tmp/uts sh -c 'hostname kept; ip link set lo up'\n"
               "$N --enter net=/tmp/net --enter uts=/tmp/uts --user 7:8 -- sh -c 'hostname; new'; "
               "code=$?\n"
               "umount /tmp/net /tmp/uts && rm /tmp/net /tmp/uts; exit $code",
     .output = "kept\n2\n"},
    {.name = "enter-pid",
     .script = TARGET("--mount") "$N --enter pid,mnt=$in -- sh -c 'new'; code=$?\n"
                                 "end; exit $code",
     .output = "2\n"},
    {.name = "enter-user",
     .script = TARGET("--user --map-root-user --uts") "$N --enter user,pid,mnt,uts=$in --unshare "
                                                      "pid,mnt,net -- sh -c 'id -u; new"
                                                      "'; code=$?\nend; exit $code",
     .output = "0\n5\n"},
    {.name = "pod",
     .script = "cat >/tmp/pod <<EOF\n[pod]\nunshare = net,ipc,uts\nhostname = pod-0\n"
               "[service a]\n$SETUP_KEY\nunshare = pid,mnt\nready-fd = 3\n"
               "command = sh -c 'hostname; echo >&3; exec 3>&-; exec sleep 60'\n"
               "[service b]\n$SETUP_KEY\nafter = a\nessential = yes\nuser = nobody\n"
               "command = sh -c 'new'\nEOF\n"
               "nsinit -s --pod /tmp/pod; code=$?; rm -f /tmp/pod; exit $code",
     .output = "pod-0\n3\n",
     .messages = 2, /* that the other one is not started, and that it ends the pod */
     .goes_on = true},
    {.name = "pod-user",
     .script = "cat >/tmp/pod <<EOF\n[pod]\nunshare = user,net,uts,pid\n"
               "map-users = 0:100000:65536\nmap-groups = 0:100000:65536\ncontrol = no\n"
               "[service a]\n$SETUP_KEY\nunshare = mnt\nnotify = yes\ncommand = sh -c 'id -u; "
               "case \\$\\${NOTIFY_SOCKET} in @*) kind=ABSTRACT;; *) kind=UNIX;; esac; "
               "(printf READY=1; sleep 0.1) | "
               "socat -u - \\$\\${kind}-SENDTO:\\$\\${NOTIFY_SOCKET#@}; "
               "exec sleep 60'\n"
               "[service b]\n$SETUP_KEY\nafter = a\nessential = yes\nuser = 7:8\n"
               "enter = mnt=service:a\ncommand = sh -c 'new'\nEOF\n"
               "nsinit -s --pod /tmp/pod; code=$?; rm -f /tmp/pod; exit $code",
     .output = "0\n5\n",
     .messages = 2, /* as above */
     .goes_on = true},
    {.name = "restart",
     .script = "$N --restart on-failure:2 --restart-delay 10ms -- sh -c 'echo run; exit 3'",
     .output = "run\nrun\nrun\n",
     .code = 3,
     .messages = 3,
     .goes_on = true},
    {.name = "restart-user",
     .script = "$N --restart on-failure:2 --restart-delay 10ms --user nobody --workdir /tmp -- "
               "sh -c 'id -u; exit 3'",
     .output = "65534\n65534\n65534\n",
     .code = 3,
     .messages = 3,
     .goes_on = true},
    {.name = "restart-namespaces",
     .script = "$N --restart on-failure:2 --restart-delay 10ms --unshare pid,mnt,net,uts "
               "--hostname in -- sh -c 'new; exit 3'",
     .output = "4\n4\n4\n",
     .code = 3,
     .messages = 3,
     .goes_on = true},
    {.name = "stop",
     .script = "$N --stop TERM/100ms/KILL -- sh -c 'trap \"echo told\" TERM; : >/tmp/up; "
               "while :; do sleep 60 & wait; done' & pid=$!\n"
               "ready /tmp/up; kill -TERM $pid 2>/dev/null; wait $pid; code=$?\n"
               "rm -f /tmp/up; exit $code",
     .output = "told\n",
     .code = 137,
     .goes_on = true},
    {.name = "stop-namespaces",
     .script = "$N --stop TERM/100ms/KILL --unshare pid,mnt,user --map-root-user -- sh -c 'trap "
               "\"echo told\" TERM; : >/tmp/up; while :; do sleep 60 & wait; done' & pid=$!\n"
               "ready /tmp/up; kill -TERM $pid 2>/dev/null; wait $pid; code=$?\n"
               "rm -f /tmp/up; exit $code",
     .output = "told\n",
     .code = 137,
     .goes_on = true},
    {.name = "drain",
     .script =
         "$N --drain TERM/50ms/KILL -- sh -c 'setsid sh -c \"trap \\\"\\\" TERM; "
         ": >/tmp/up; sleep 60; sleep 60\" >/dev/null 2>&1 & until [ -e /tmp/up ]; do sleep 0.01; "
         "done; echo ran'; code=$?; rm -f /tmp/up; exit $code",
     .output = "ran\n",
     .goes_on = true},
    {.name = "health",
     .script = ": >/tmp/checks; $N --unshare pid,mnt,uts,net,user --map-root-user --hostname in "
               "--health-interval "
               "20ms --health-retries 5 --health-cmd 'hostname >>/tmp/checks' -- sh -c '"
               "until [ $(grep -c in /tmp/checks) -ge 2 ]; do sleep 0.02; done; echo checked'\n"
               "code=$?; rm -f /tmp/checks; exit $code",
     .output = "checked\n",
     .messages = 1, /* a check may come upon the end of the service */
     .goes_on = true},
    {.name = "health-user",
     .script = "touch /tmp/checks; chmod 666 /tmp/checks\n"
               "$N --user nobody --unshare uts --hostname in --health-interval 20ms "
               "--health-retries 5 --health-cmd 'hostname >>/tmp/checks; id -u >>/tmp/checks' "
               "-- sh -c 'until [ $(grep -c 65534 /tmp/checks) -ge 2 ]; do sleep 0.02; done; "
               "echo checked'\ncode=$?; rm -f /tmp/checks; exit $code",
     .output = "checked\n",
     .messages = 1, /* a check may come upon the end of the service */
     .goes_on = true},
    {.name = "exec",
     .script = "$N --control /tmp/socket --unshare pid,mnt,uts,net,user --map-root-user "
               "--hostname in -- sh -c ': >/tmp/up; until [ -e /tmp/down ]; do sleep 0.01; done' "
               "& pid=$!\n"
               "ready /tmp/up && { nsctl -c /tmp/socket exec main -- sh -c 'hostname; new'; "
               "first=$?; : >/tmp/down; }\n"
               "wait $pid; second=$?; rm -f /tmp/up /tmp/down\n"
               "[ $first = 0 ] || exit $first; exit $second",
     .output = "in\n5\n",
     .failure_code = 1,
     .goes_on = true},
    {.name = "exec-terminal",
     .script =
         "$N --control /tmp/socket --unshare pid,mnt,uts --hostname in -- sh -c ': >/tmp/up; "
         "until [ -e /tmp/down ]; do sleep 0.01; done' & pid=$!\n"
         "ready /tmp/up && { script -q -c 'nsctl -c /tmp/socket exec main -- sh -c \"hostname; "
         "test -t 0\" 2>/tmp/errors; echo $? >/tmp/code' /dev/null | grep -o in; "
         "first=$(cat /tmp/code); cat /tmp/errors >&2; : >/tmp/down; }\n"
         "wait $pid; second=$?; rm -f /tmp/up /tmp/down /tmp/errors /tmp/code\n"
         "[ $first = 0 ] || exit $first; exit $second",
     .output = "in\n",
     .failure_code = 1,
     .goes_on = true},
    {.name = "control",
     .script = "$N --control /tmp/socket --report /tmp/report --unshare pid --restart always -- "
               "sh -c ': >/tmp/up; exec sleep 60' "
               "& pid=$!\n"
               "c() { nsctl -c /tmp/socket \"$@\"; }\n"
               "ready /tmp/up && { rm /tmp/up; c restart main && ready /tmp/up && c status "
               ">/tmp/status && grep -c running /tmp/status && c stop main; first=$?; }\n"
               "kill $pid 2>/dev/null; wait $pid; second=$?; "
               "[ $second != 143 ] || second=0; rm -f /tmp/up /tmp/report /tmp/status\n"
               "[ $first = 0 ] || exit $first; exit $second",
     .output = "1\n",
     .messages = 2, /* of the restart, and of nsctl */
     .failure_code = 1,
     .goes_on = true},
    {.name = "root",
     .script = "mkdir -p /tmp/tree/bin /tmp/tree/lib /tmp/tree/lib64 /tmp/tree/usr /tmp/tree/proc "
               "/tmp/tree/dev /tmp/tree/etc /tmp/tree/tmp /tmp/tree/sys\n"
               "$N --unshare pid,mnt,net,ipc --root /tmp/tree --read-only --etc-files no "
               "--mount type=bind,source=/bin,target=/bin,readonly "
               "--mount type=bind,source=/lib,target=/lib,readonly "
               "--mount type=bind,source=/lib64,target=/lib64,readonly "
               "--mount type=bind,source=/usr,target=/usr,readonly "
               "--mount type=bind,source=/etc/hostname,target=/etc/hostname "
               "--mount type=dev,target=/dev --mount type=sysfs,target=/sys "
               "--mount type=tmpfs,target=/tmp,tmpfs-size=1m -- sh -c 'cd /; echo *; "
               "echo x >/tmp/x && cat /tmp/x; touch /x 2>/dev/null || echo read-only; "
               "grep -c -v -e \" /dev/\" -e \" /proc/\" -e \" /sys/\" /proc/self/mounts'; code=$?\n"
               "rm -rf /tmp/tree; exit $code",
     .output = "bin dev etc lib lib64 proc sys tmp usr\nx\nread-only\n10\n"},
    {.name = "sources",
     .script =
         "mkdir -p -m 700 /tmp/closed; mkdir -p /tmp/closed/a /tmp/closed/l /tmp/closed/u "
         "/tmp/closed/w /tmp/t /tmp/m; echo text >/tmp/closed/a/file; chmod 777 "
         "/tmp/closed/*; chown 7 /tmp/closed\n"
         "$N --unshare user,mnt,pid --map-users 0:100000:65536 --map-groups 0:100000:65536 "
         "--mount type=bind,source=/tmp/closed/a,target=/tmp/t,readonly --mount "
         "type=overlay,lowerdir=/tmp/closed/l,upperdir=/tmp/closed/u,workdir=/tmp/closed/w,"
         "target=/tmp/m -- sh -c 'cat /tmp/t/file; echo x >/tmp/m/x; ls /tmp/m; touch /tmp/t/x "
         "2>/dev/null || echo locked'; code=$?\n"
         "rm -rf /tmp/closed /tmp/t /tmp/m; exit $code",
     .output = "text\nx\nlocked\n"},
    {.name = "veth",
     .script = "$N --unshare net --veth host=fault0,name=eth0,address=10.9.8.2/24,gateway=10.9.8.1 "
               "-- sh -c 'ip -o -4 address show eth0 | grep -o 10.9.8.2/24; ip route show default "
               "| grep -o 10.9.8.1'",
     .output = "10.9.8.2/24\n10.9.8.1\n"},
    {.name = "netdev",
     .script = "ip link add fault1 type veth peer fault2\n"
               "$N --unshare net --sysctl net.ipv4.ip_forward=1 --netdev move=fault1,name=eth0,"
               "address=10.9.8.2/24 -- sh -c 'ip -o -4 address show eth0 | grep -o 10.9.8.2/24; "
               "cat /proc/sys/net/ipv4/ip_forward'; code=$?\n"
               "ip link delete fault1 2>/dev/null; ip link delete fault2 2>/dev/null; exit $code",
     .output = "10.9.8.2/24\n1\n",
     .goes_on = true},
    {.name = "hook",
     .script = "$N --unshare net,uts --hook-created 'echo hook; readlink /proc/$NSINIT_PID/ns/pid "
               "| grep -c -F -f /run/bin/outer' -- echo ran",
     .output = "hook\n1\nran\n",
     .goes_on = true},
};
const size_t scenario_count = sizeof scenarios / sizeof scenarios[0];
