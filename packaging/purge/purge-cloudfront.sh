#!/bin/sh
# Amazon CloudFront, for Broadsheet's cdn.command: invalidates what stands on standard input, "url ADDRESS" line by line; "key site" alone means all.
#
#     cdn:
#       lifetime: Cache-Control
#       command: [/usr/local/lib/broadsheet/purge-cloudfront.sh, DISTRIBUTION]
#       command_file: /etc/broadsheet/cloudfront.key
#
# The file is curl's, one line, for an account that may do cloudfront:CreateInvalidation and nothing else:
#     user = "ACCESS_KEY_ID:SECRET_ACCESS_KEY"
# Needs curl 7.75 or later. A second word before the file is another endpoint, for tests.
set -eu
distribution=$1
for key_file; do :; done
endpoint=${3:+$2}
: "${endpoint:=https://cloudfront.amazonaws.com}"

paths=$(sed -n -e 's/^key site$/\/*/p' -e 's/^url https\{0,1\}:\/\/[^/]*\(\/.*\)$/\1/p' | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/.*/<Path>&<\/Path>/')
[ -n "$paths" ] || exit 0
count=$(printf '%s\n' "$paths" | wc -l)

printf '<?xml version="1.0" encoding="UTF-8"?><InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><CallerReference>%s</CallerReference><Paths><Quantity>%d</Quantity><Items>%s</Items></Paths></InvalidationBatch>' \
    "broadsheet-$(date +%s%N)-$$" "$count" "$paths" |
    curl --silent --show-error --fail --output /dev/null --max-time 20 --config "$key_file" --aws-sigv4 aws:amz:us-east-1:cloudfront \
        --header 'Content-Type: application/xml' --data-binary @- "$endpoint/2020-05-31/distribution/$distribution/invalidation"
