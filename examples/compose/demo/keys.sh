#!/bin/sh
# Makes the demo's secrets in the folder $1, unless they are there: random, readable for those alone who need them.
set -eu
folder=$1

random() { head -c 32 /dev/urandom | base64 -w 0; }
# key NAME OWNER:GROUP VALUE
key() {
    [ ! -s "$folder/$1" ] || return 0
    (umask 0337 && echo "$3" > "$folder/$1.new")
    chown "$2" "$folder/$1.new"
    mv "$folder/$1.new" "$folder/$1"
}
key backup_passphrase 65532:65532 "$(random)"
key database_password 65532:999 "$(random)"           # 999 is who PostgreSQL's image runs as
key report_key 65532:65534 "whsec_$(random)"          # 65534 is who the receiver runs as
key s3_secret_key 65532:0 "$(random)"                 # 0 is who the server of S3 runs as
