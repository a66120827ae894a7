-- bench/add.lua: each request adds one record, so that each answer stands for a durable commit.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"port":"2304","port_scheme":"schedule-d","direction":"north","mode":"road","lane":"general",' ..
    '"minutes":35,"method":"rfid","observed":"2026-11-21T15:00:00Z"}'
