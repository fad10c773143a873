-- The last mid of an instrument within so many hours after a moment.
-- param instrument String =
-- param at Int64 = 0
SELECT hours, argMax(mid, ts) AS mid
FROM
(
    SELECT ts, (bid + ask) / 2 AS mid
    FROM {db}.quotes FINAL
    WHERE instrument = {instrument:String}
        AND ts >= fromUnixTimestamp64Micro({at:Int64})
        AND ts <= fromUnixTimestamp64Micro({at:Int64}) + INTERVAL 24 HOUR
)
ARRAY JOIN [1, 4, 12, 24] AS hours
WHERE ts <= fromUnixTimestamp64Micro({at:Int64}) + toIntervalHour(hours)
GROUP BY hours
ORDER BY hours
