/* statements: every statement of the writer, by number, in one place. Each is prepared once and
 * kept. */
#include "inside.h"

#define HEAD_VALUES "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18"

const char *const site_statements[SITE_STATEMENTS] = {
    [SITE_POSITION] = "SELECT value FROM note WHERE name='position'",
    [SITE_SET_POSITION] = "UPDATE note SET value=?1 WHERE name='position'",
    [SITE_STORY_ROW] = "SELECT row,section,day_ms FROM story WHERE id=?1",
    [SITE_STORY_PUT] =
        "INSERT INTO story(" STORY_HEAD ",sum) VALUES(" HEAD_VALUES ",bs_sum(" HEAD_VALUES "))",
    [SITE_STORY_CHANGE] = "UPDATE story SET (" STORY_HEAD ",sum)=(" HEAD_VALUES
                          ",bs_sum(" HEAD_VALUES ")) WHERE row=?19",
    [SITE_STORY_DROP] = "DELETE FROM story WHERE row=?1",
    [SITE_STORY_HEAD] =
        "SELECT view,from_ms,until_ms,sum=bs_sum(" STORY_HEAD "),territory FROM story WHERE id=?1",
    [SITE_BODY_PUT] =
        "INSERT OR REPLACE INTO body(" BODY_COLUMNS ",sum) VALUES(?1,?2,bs_sum(?1,?2))",
    [SITE_BODY_DROP] = "DELETE FROM body WHERE story=?1",
    [SITE_LABEL_PUT] = "INSERT OR REPLACE INTO label(" LABEL_COLUMNS
                       ",sum) VALUES(?1,?2,?3,?4,?5,?6,bs_sum(?1,?2,?3,?4,?5,?6))",
    [SITE_LABELS_DROP] = "DELETE FROM label WHERE story=?1",
    [SITE_LABELS_OF] = "SELECT kind,slug FROM label WHERE story=?1",
    [SITE_SHOWN_PUT] = "INSERT OR REPLACE INTO shown(" SHOWN_COLUMNS
                       ",sum) VALUES(?1,?2,?3,?4,?5,bs_sum(?1,?2,?3,?4,?5))",
    [SITE_SHOWN_DROP] = "DELETE FROM shown WHERE story=?1",
    [SITE_MEMBER_PUT] =
        "INSERT OR REPLACE INTO member(" MEMBER_COLUMNS ",sum) VALUES(?1,?2,bs_sum(?1,?2))",
    [SITE_MEMBERS_DROP] = "DELETE FROM member WHERE story=?1",
    [SITE_TWIN_PUT] =
        "INSERT OR REPLACE INTO twin(" TWIN_COLUMNS ",sum) VALUES(?1,?2,bs_sum(?1,?2))",
    [SITE_TWINS_DROP] = "DELETE FROM twin WHERE story=?1",
    [SITE_GONE_PUT] =
        "INSERT OR REPLACE INTO gone(" GONE_COLUMNS ",sum) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,"
        "?11,bs_sum(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11))",
    [SITE_GONE] = "SELECT state,since_ms,published_ms,as_404 FROM gone WHERE id=?1"
                  " AND sum=bs_sum(" GONE_COLUMNS ")",
    [SITE_GONE_DROP] = "DELETE FROM gone WHERE id=?1",
    [SITE_OLD_PUT] = "INSERT OR REPLACE INTO old(" OLD_COLUMNS ",sum) SELECT ?1,?2,?3,?4,?5,?6,"
                     "bs_sum(?1,?2,?3,?4,?5,?6) WHERE ?6 OR NOT EXISTS"
                     "(SELECT 1 FROM old WHERE address=?1 AND by_hand)",
    [SITE_OLD_OF] = "SELECT address FROM old WHERE story=?1 AND story<>0"
                    " AND sum=bs_sum(" OLD_COLUMNS ") ORDER BY address LIMIT ?2",
    [SITE_GRIEVANCE_PUT] = "INSERT OR REPLACE INTO grievance(" GRIEVANCE_COLUMNS
                           ",sum) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,"
                           "bs_sum(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12))",
    [SITE_GRIEVANCE] = "SELECT " GRIEVANCE_COLUMNS " FROM grievance WHERE number=?1"
                       " AND sum=bs_sum(" GRIEVANCE_COLUMNS ")",
    [SITE_GRIEVANCES_OPEN] = "SELECT " GRIEVANCE_COLUMNS " FROM grievance WHERE decided_ms=0"
                             " AND sum=bs_sum(" GRIEVANCE_COLUMNS ") ORDER BY answer_by_ms,number",
    [SITE_AHEAD_LABEL] = "SELECT count(*) FROM (SELECT 1 FROM label"
                         " WHERE kind=?1 AND slug=?2 AND front_ms>?3 LIMIT ?4)",
    [SITE_AHEAD_SECTION] = "SELECT count(*) FROM (SELECT 1 FROM story"
                           " WHERE section=?1 AND on_fronts=1 AND front_ms>?2 LIMIT ?3)",
    [SITE_AHEAD_CORRECTED] = "SELECT count(*) FROM (SELECT 1 FROM story"
                             " WHERE corrected_ms>0 AND corrected_ms>?1 LIMIT ?2)",
    [SITE_AHEAD_ALL] = "SELECT count(*) FROM (SELECT 1 FROM story WHERE front_ms>?1 LIMIT ?2)",
    [SITE_AHEAD_DAY] = "SELECT count(*) FROM (SELECT 1 FROM story"
                       " WHERE published_ms>=?1 AND published_ms<=?2 LIMIT ?3)",
    [SITE_NEWEST_LABEL] = "SELECT id FROM label WHERE kind=?1 AND slug=?2"
                          " ORDER BY front_ms DESC LIMIT ?3",
    [SITE_NEWEST_SECTION] = "SELECT id FROM story WHERE section=?1 AND on_fronts=1"
                            " ORDER BY front_ms DESC LIMIT ?2",
    [SITE_PICTURE_PUT] = "INSERT OR REPLACE INTO picture(" PICTURE_COLUMNS
                         ",sum) VALUES(?1,?2,?3,?4,bs_sum(?1,?2,?3,?4))",
    [SITE_PICTURE] = "SELECT width,height,forms FROM picture"
                     " WHERE hash=?1 AND sum=bs_sum(" PICTURE_COLUMNS ")",
    [SITE_PICTURE_ELSEWHERE] = "SELECT count(*) FROM shown n JOIN story s ON s.row=n.story"
                               " WHERE n.hash=?1 AND s.id<>?2",
    [SITE_POPULAR] =
        "SELECT score,at_ms FROM popular WHERE id=?1 AND sum=bs_sum(" POPULAR_COLUMNS ")",
    [SITE_POPULAR_PUT] =
        "INSERT OR REPLACE INTO popular(" POPULAR_COLUMNS ",sum) VALUES(?1,?2,?3,bs_sum(?1,?2,?3))",
    [SITE_NEXT_FROM] = "SELECT min(from_ms) FROM story WHERE from_ms>?1",
    [SITE_NEXT_UNTIL] = "SELECT min(until_ms) FROM story"
                        " WHERE until_ms<9223372036854775807 AND until_ms>?1",
    [SITE_NEXT_DUE] = "SELECT min(due_ms) FROM story WHERE due_ms<until_ms AND due_ms>?1",
    [SITE_DUE] = "SELECT id FROM story WHERE from_ms>?1 AND from_ms<=?2 AND id>?3"
                 " UNION SELECT id FROM story"
                 " WHERE until_ms<9223372036854775807 AND until_ms>?1 AND until_ms<=?2 AND id>?3"
                 " UNION SELECT id FROM story"
                 " WHERE due_ms<until_ms AND due_ms>?1 AND due_ms<=?2 AND id>?3"
                 " ORDER BY id LIMIT ?4",
    [SITE_QUEUE_PUT] = "INSERT OR REPLACE INTO queue(id,due_ms) VALUES(?1,?2)",
    [SITE_QUEUE_DUE] = "SELECT id FROM queue WHERE due_ms<=?1 ORDER BY due_ms LIMIT ?2",
    [SITE_QUEUE_DROP] = "DELETE FROM queue WHERE id=?1",
    [SITE_INDEX_SOURCE] =
        "SELECT from_ms,until_ms,front_ms,view,sum=bs_sum(" STORY_HEAD "),"
        "(SELECT b.body FROM body b WHERE b.story=s.row AND b.sum=bs_sum(" BODY_COLUMNS "))"
        " FROM story s WHERE id=?1",
    [SITE_DOC_OF] = "SELECT doc,language,words,sum=bs_sum(" DOC_COLUMNS ") FROM doc WHERE id=?1",
    [SITE_DOC_AT] = "SELECT id FROM doc WHERE doc=?1",
    [SITE_DOC_PUT] = "INSERT INTO doc(" DOC_COLUMNS ",sum) VALUES(?1,?2,?3,?4,bs_sum(?1,?2,?3,?4))",
    [SITE_DOC_DROP] = "DELETE FROM doc WHERE doc=?1",
    [SITE_WORDS_PUT] = "INSERT INTO search(rowid,title,lead,names,words,marks)"
                       " VALUES(?1,?2,?3,?4,?5,?6)",
    [SITE_WORDS_DROP] = "INSERT INTO search(search,rowid,title,lead,names,words,marks)"
                        " VALUES('delete',?1,?2,?3,?4,?5,?6)",
    [SITE_HEADS_PUT] = "INSERT INTO heads(rowid,title,lead,names) VALUES(?1,?2,?3,?4)",
    [SITE_HEADS_DROP] = "INSERT INTO heads(heads,rowid,title,lead,names)"
                        " VALUES('delete',?1,?2,?3,?4)",
    [SITE_MERGE] = "INSERT INTO search(search,rank) VALUES('merge',?1)",
    [SITE_MERGE_HEADS] = "INSERT INTO heads(heads,rank) VALUES('merge',?1)",
    [SITE_NOTE] = "SELECT value FROM note WHERE name=?1",
    [SITE_SET_NOTE] = "INSERT OR REPLACE INTO note(name,value) VALUES(?1,?2)",
};

const char *const desk_statements[DESK_STATEMENTS] = {
    [DESK_POSITION] = "SELECT value FROM note WHERE name='position'",
    [DESK_SET_POSITION] = "UPDATE note SET value=?1 WHERE name='position'",
    [DESK_VERSION_PUT] = "INSERT OR IGNORE INTO version(" VERSION_COLUMNS
                         ",sum) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,"
                         "bs_sum(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10))",
    [DESK_READ_ADD] =
        "INSERT INTO read(day,story," READ_COLUMNS ",pos) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,"
        "?11) ON CONFLICT(day,story) DO UPDATE SET pages=pages+?3,beacons=beacons+?4,t0=t0+?5,"
        "t1=t1+?6,t2=t2+?7,t3=t3+?8,t4=t4+?9,t5=t5+?10,pos=?11 WHERE pos<?11",
    [DESK_READ_FORGET] = "DELETE FROM read WHERE day<?1",
    [DESK_READ_ROWS] = "SELECT day,story," READ_COLUMNS " FROM read WHERE day BETWEEN ?1 AND ?2"
                       " AND (day,story)>(?3,?4) ORDER BY day,story LIMIT ?5",
    [DESK_READ_MOST] = "SELECT 0,story," READ_SUMS " FROM read WHERE day BETWEEN ?1 AND ?2"
                       " GROUP BY story ORDER BY max(sum(pages),sum(beacons)) DESC,story LIMIT ?3",
    [DESK_READ_ALL] = "SELECT 0,0," READ_SUMS " FROM read WHERE day BETWEEN ?1 AND ?2",
    [DESK_FROM_ADD] = "INSERT INTO read_from(day,host,pages,beacons,pos) VALUES(?1,?2,?3,?4,?5)"
                      " ON CONFLICT(day,host) DO UPDATE SET pages=pages+?3,beacons=beacons+?4,"
                      "pos=?5 WHERE pos<?5",
    [DESK_FROM_FORGET] = "DELETE FROM read_from WHERE day<?1",
    [DESK_FROM_ROWS] = "SELECT day,host,pages,beacons FROM read_from WHERE day BETWEEN ?1 AND ?2"
                       " AND (day,host)>(?3,?4) ORDER BY day,host LIMIT ?5",
    [DESK_FROM_MOST] =
        "SELECT 0,host,sum(pages),sum(beacons) FROM read_from WHERE day BETWEEN ?1 AND ?2"
        " GROUP BY host ORDER BY max(sum(pages),sum(beacons)) DESC,host LIMIT ?3",
    [DESK_VERSIONS] = "SELECT " VERSION_COLUMNS ",sum=bs_sum(" VERSION_COLUMNS ")"
                      " FROM version WHERE page=?1 ORDER BY pos,number",
    [DESK_VERSIONS_BEHIND] =
        "SELECT " VERSION_COLUMNS ",sum=bs_sum(" VERSION_COLUMNS ")"
        " FROM version WHERE page=?1 AND (pos,number)>(?2,?3) ORDER BY pos,number",
    [DESK_VERSION_COUNT] = "SELECT count(*) FROM version WHERE page=?1",
    /* New stories that are let through are numbered, so that the last so many are found at once. */
    [DESK_ARRIVAL_PUT] =
        "INSERT OR IGNORE INTO arrival(" ARRIVAL_COLUMNS ",sum) SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,"
        "?10,n,bs_sum(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,n) FROM (SELECT CASE WHEN ?7=1 AND ?9=0"
        " THEN (SELECT coalesce(max(nth),0)+1 FROM arrival WHERE feed=?3 AND nth>0)"
        " ELSE 0 END AS n)",
    [DESK_ARRIVAL_KNOWN] = "SELECT 1 FROM arrival WHERE item=?1 AND content=?2 LIMIT 1",
    [DESK_ARRIVAL_FIRST] = "SELECT feed,at_ms FROM arrival WHERE page=?1 ORDER BY pos,number"
                           " LIMIT 1",
    [DESK_ARRIVAL_STORIES] = "SELECT at_ms FROM arrival WHERE feed=?1 AND nth>0 AND nth=1-?2+"
                             "(SELECT max(nth) FROM arrival WHERE feed=?1 AND nth>0)",
    [DESK_ARRIVAL_UPDATES] = "SELECT count(*) FROM (SELECT 1 FROM arrival WHERE page=?1"
                             " AND at_ms>?2 AND is_new=0 AND mark=0 LIMIT ?3)",
    [DESK_ARRIVAL_REWRITTEN] =
        "SELECT count(*) FROM (SELECT DISTINCT page FROM arrival WHERE feed=?1 AND at_ms>?2"
        " AND is_rewrite=1 AND page<>?3 LIMIT ?4)",
    [DESK_ARRIVAL_MARKED] =
        "SELECT 1 FROM arrival WHERE feed=?1 AND at_ms>?2 AND mark>1 AND mark=?3 LIMIT 1",
    [DESK_ITEM_PUT] = "INSERT OR IGNORE INTO item(item,page) VALUES(?1,?2)",
    [DESK_PAGE_OF] = "SELECT page FROM item WHERE item=?1",
    [DESK_PAGES] = "SELECT DISTINCT page FROM item WHERE page>?1 ORDER BY page LIMIT ?2",
    [DESK_SHARES] = "SELECT count(*) FROM version WHERE pos=?1 AND page<>?2",
    [DESK_PAGES_BETWEEN] = "SELECT DISTINCT page FROM version"
                           " WHERE pos>?1 AND pos<?2 AND (?3='' OR feed=?3) ORDER BY page",
    [DESK_JOIN_ITEMS] = "UPDATE item SET page=?2 WHERE page=?1",
    [DESK_JOIN_VERSIONS] = "UPDATE version SET page=?2,"
                           "sum=bs_sum(pos,number,item,?2,feed,packed,link_key,received_ms,is_kill,"
                           "mark) WHERE page=?1",
    [DESK_JOIN_ACTS] =
        "UPDATE OR REPLACE act SET page=?2,sum=bs_sum(pos,?2,json,at_ms) WHERE page=?1",
    [DESK_RHYTHM_NOTE] =
        "INSERT INTO rhythm(feed,slot,count,last_ms) VALUES(?1,?2,1,?3) ON CONFLICT(feed,slot)"
        " DO UPDATE SET count=count+1,last_ms=max(last_ms,?3)",
    [DESK_RHYTHM_FORGET] = "DELETE FROM rhythm WHERE feed=?1 AND slot<?2",
    [DESK_RHYTHM_BETWEEN] =
        "SELECT coalesce(sum(count),0) FROM rhythm WHERE feed=?1 AND slot>=?2 AND slot<?3",
    [DESK_RHYTHM_ENDS] = "SELECT (SELECT min(slot) FROM rhythm WHERE feed=?1),(SELECT last_ms FROM "
                         "rhythm WHERE feed=?1"
                         " ORDER BY slot DESC LIMIT 1)",
    [DESK_RHYTHM_FEEDS] = "SELECT feed,max(last_ms),sum(iif(slot>=?1,count,0)),"
                          "sum(iif(slot>=?1,unread,0)) FROM rhythm"
                          " GROUP BY feed ORDER BY feed LIMIT ?2",
    [DESK_RHYTHM_UNREAD] = "UPDATE rhythm SET unread=unread+1 WHERE feed=?1 AND slot=?2",
    [DESK_NUMBER_PUT] = "INSERT INTO serial(feed,line,number,at_ms) VALUES(?1,?2,?3,?4)"
                        " ON CONFLICT(feed,line,number) DO UPDATE SET at_ms=max(at_ms,?4)",
    [DESK_NUMBER_FORGET] = "DELETE FROM serial WHERE feed=?1 AND line=?2 AND at_ms<?3",
    [DESK_NUMBER_BELOW] = "SELECT number,at_ms FROM serial WHERE feed=?1 AND line=?2"
                          " AND number<?3 AND number>=?4 AND at_ms>?5"
                          " ORDER BY number DESC LIMIT 1",
    [DESK_NUMBER_COUNT] = "SELECT count(*) FROM serial WHERE feed=?1 AND line=?2",
    [DESK_GAP_PUT] = "INSERT OR REPLACE INTO gap(feed,line,first,last,below_ms,since_ms)"
                     " VALUES(?1,?2,?3,?4,?5,?6)",
    [DESK_GAP_FORGET] = "DELETE FROM gap WHERE feed=?1 AND since_ms<?2",
    [DESK_GAP_AROUND] = "SELECT count(*) FROM gap WHERE feed=?1 AND line=?2"
                        " AND first BETWEEN ?5 AND ?3 AND last>=?3-1 AND since_ms>?4",
    [DESK_GAPS] = "SELECT line,first,last,below_ms,since_ms FROM gap g WHERE feed=?1 AND"
                  " since_ms>?2 AND last-first+1>(SELECT count(*) FROM serial k WHERE"
                  " k.feed=g.feed AND k.line=g.line AND k.number BETWEEN g.first AND g.last AND"
                  " k.at_ms>=g.below_ms) ORDER BY since_ms DESC,line,first DESC LIMIT ?3",
    [DESK_NUMBERS] = "SELECT number FROM serial WHERE feed=?1 AND line=?2 AND number BETWEEN ?3"
                     " AND ?4 AND at_ms>=?5 UNION SELECT ?6 ORDER BY number",
    [DESK_AHEAD_PUT] = "INSERT OR REPLACE INTO ahead(feed,pos,ahead_ms) VALUES(?1,?2,?3)",
    [DESK_AHEAD_FORGET] = "DELETE FROM ahead WHERE feed=?1 AND pos<=(SELECT pos FROM ahead"
                          " WHERE feed=?1 ORDER BY pos DESC LIMIT 1 OFFSET ?2)",
    [DESK_AHEAD_MIDDLE] = "SELECT ahead_ms FROM ahead WHERE feed=?1 ORDER BY ahead_ms LIMIT 1"
                          " OFFSET (SELECT count(*)/2 FROM ahead WHERE feed=?1)",
    [DESK_AHEAD_COUNT] = "SELECT count(*) FROM ahead WHERE feed=?1",
    [DESK_JOIN_ARRIVALS] = "UPDATE arrival SET page=?2,sum=bs_sum(pos,number,feed,item,?2,at_ms,"
                           "is_new,is_rewrite,mark,content,nth) WHERE page=?1",
    [DESK_LINKED] = "SELECT page FROM version WHERE feed=?1 AND link_key=?2 AND link_key<>''"
                    " ORDER BY pos DESC,number DESC LIMIT ?3",
    [DESK_POINT_PUT] = "INSERT OR IGNORE INTO point(kind,target,item) VALUES(?1,?2,?3)",
    [DESK_POINTING] = "SELECT item FROM point WHERE kind=?1 AND target=?2 ORDER BY item LIMIT ?3",
    [DESK_PAGES_NAMING] =
        "SELECT DISTINCT h.page FROM item i CROSS JOIN point p ON p.kind=?1 AND p.target=i.item"
        " CROSS JOIN item h ON h.item=p.item WHERE i.page=?2 ORDER BY h.page LIMIT ?3",
    [DESK_PAGES_NAMED] = "SELECT DISTINCT ifnull(t.page,p.target) AS named FROM item i"
                         " CROSS JOIN point p ON p.item=i.item AND p.kind=?1"
                         " LEFT JOIN item t ON t.item=p.target"
                         " WHERE i.page=?2 ORDER BY named LIMIT ?3",
    [DESK_GUID_PUT] =
        "INSERT OR IGNORE INTO guid(" GUID_COLUMNS ",sum) VALUES(?1,?2,?3,bs_sum(?1,?2,?3))",
    [DESK_GUID_ITEMS] = "SELECT DISTINCT item FROM guid WHERE guid=?1 ORDER BY item LIMIT ?2",
    [DESK_GUID_OF] = "SELECT guid,provider FROM guid WHERE item=?1 AND sum=bs_sum(" GUID_COLUMNS
                     ") ORDER BY provider LIMIT 1",
    [DESK_NEAR_PUT] = "INSERT INTO near(key,item) VALUES(?1,?2)",
    [DESK_NEAR] = "SELECT item FROM near WHERE key=?1 AND item<>?2 ORDER BY number LIMIT 1",
    [DESK_ALIKE_PUT] = "INSERT OR IGNORE INTO alike(kind,key,at_ms,item,provider)"
                       " VALUES(?1,?2,?3,?4,?5)",
    [DESK_ALIKE] = "SELECT item FROM alike WHERE kind=?1 AND key=?2 AND at_ms>=?3 AND provider<>?4"
                   " ORDER BY at_ms DESC,item DESC LIMIT ?5",
    [DESK_ALIKE_DROP] = "DELETE FROM alike WHERE at_ms<?1",
    [DESK_NAME_PUT] = "INSERT INTO name(feed,key,item,at_ms) VALUES(?1,?2,?3,?4)"
                      " ON CONFLICT DO UPDATE SET at_ms=excluded.at_ms WHERE excluded.at_ms>at_ms",
    [DESK_NAMES_DROP] = "DELETE FROM name WHERE at_ms<?1",
    [DESK_NAMED] = "SELECT n.item,i.page FROM name n CROSS JOIN item i ON i.item=n.item"
                   " WHERE n.feed=?1 AND n.key=?2 AND n.at_ms>=?3"
                   " ORDER BY n.at_ms DESC,n.item LIMIT ?4",
    [DESK_NAMES_RECENT] = "SELECT key,item FROM name INDEXED BY name_at WHERE at_ms>=?3 AND feed=?1"
                          " AND substr(key,1,length(?2))=?2 ORDER BY at_ms DESC,item,key LIMIT ?4",
    [DESK_NOTICE_PUT] =
        "INSERT INTO notice(" NOTICE_COLUMNS ",sum) VALUES(?1,?2,?3,?4,?5,bs_sum(?1,?2,?3,?4,?5))",
    [DESK_NOTICE_KNOWN] = "SELECT 1 FROM notice WHERE name=?1",
    [DESK_WAITING_PUT] = "INSERT OR IGNORE INTO waiting(feed,key,name) VALUES(?1,?2,?3)",
    [DESK_WAITING] = "SELECT n.name,n.kind,n.guid,n.at_ms,n.pos,"
                     "n.sum=bs_sum(n.name,n.kind,n.guid,n.at_ms,n.pos) FROM waiting w"
                     " CROSS JOIN notice n ON n.name=w.name WHERE w.feed=?1 AND w.key=?2"
                     " AND n.at_ms>=?3 ORDER BY n.pos,n.name",
    [DESK_HIT_PUT] =
        "INSERT OR IGNORE INTO hit(" HIT_COLUMNS ",sum) VALUES(?1,?2,?3,bs_sum(?1,?2,?3))",
    [DESK_HITS] = "SELECT n.name,h.kind,n.guid,n.at_ms,n.pos,h.item,"
                  "n.sum=bs_sum(n.name,n.kind,n.guid,n.at_ms,n.pos)"
                  " AND h.sum=bs_sum(h.item,h.name,h.kind) FROM item i CROSS JOIN hit h"
                  " ON h.item=i.item CROSS JOIN notice n ON n.name=h.name WHERE i.page=?1"
                  " ORDER BY n.pos,n.name,h.item",
    [DESK_HIT_COUNT] = "SELECT count(*),ifnull(sum(i.page=?2),0) FROM hit h"
                       " LEFT JOIN item i ON i.item=h.item WHERE h.name=?1",
    [DESK_ACT_PUT] =
        "INSERT OR IGNORE INTO act(" ACT_COLUMNS ",sum) VALUES(?1,?2,?3,?4,bs_sum(?1,?2,?3,?4))",
    [DESK_ACTS] =
        "SELECT " ACT_COLUMNS ",sum=bs_sum(" ACT_COLUMNS ") FROM act WHERE page=?1 ORDER BY pos",
    [DESK_ACT_OF_NONE] =
        "SELECT " ACT_COLUMNS ",sum=bs_sum(" ACT_COLUMNS ") FROM act WHERE pos=?1 AND page=0",
    [DESK_ACTS_NAMED] = "SELECT " ACT_COLUMNS ",sum=bs_sum(" ACT_COLUMNS ") FROM act WHERE page<>0"
                        " AND substr(json,1,length(?1)+9)='{\"act\":\"'||?1||'\"'"
                        " ORDER BY pos DESC LIMIT ?2",
    [DESK_MINT_PUT] = "INSERT OR IGNORE INTO mint(" MINT_COLUMNS
                      ",sum) VALUES(?1,?2,?3,?4,?5,bs_sum(?1,?2,?3,?4,?5))",
    [DESK_MINT] = "SELECT " MINT_COLUMNS ",sum=bs_sum(" MINT_COLUMNS
                  ") FROM mint WHERE page=?1 ORDER BY pos DESC LIMIT 1",
    [DESK_MINTS] = "SELECT pos,slug,date_ms,sum=bs_sum(" MINT_COLUMNS
                   ") FROM mint WHERE page=?1 ORDER BY pos DESC",
    [DESK_COMMENT_PUT] = "INSERT OR REPLACE INTO comment(" COMMENT_COLUMNS ",sum)"
                         " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,"
                         "bs_sum(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13))",
    [DESK_COMMENTS] = "SELECT " COMMENT_COLUMNS ",sum=bs_sum(" COMMENT_COLUMNS ")"
                      " FROM comment WHERE page=?1 ORDER BY pos",
    [DESK_COMMENTS_LAST] = "SELECT " COMMENT_COLUMNS ",sum=bs_sum(" COMMENT_COLUMNS ")"
                           " FROM comment ORDER BY pos DESC LIMIT ?1 OFFSET ?2",
    [DESK_COMMENTS_WAITING] = "SELECT " COMMENT_COLUMNS ",sum=bs_sum(" COMMENT_COLUMNS ")"
                              " FROM comment WHERE waits=1 ORDER BY score,pos LIMIT ?1 OFFSET ?2",
    [DESK_COMMENTS_BY] = "SELECT " COMMENT_COLUMNS ",sum=bs_sum(" COMMENT_COLUMNS ")"
                         " FROM comment WHERE name=?1 ORDER BY pos",
    [DESK_COMMENT_WAITS] =
        "UPDATE comment SET waits=?2, sum=bs_sum(pos,page,id,name,text,at_ms,parent,changed_pos,"
        "changed_ms,taken_back,score,taught,?2) WHERE pos=?1",
    [DESK_COMMENT_DROP] = "DELETE FROM comment WHERE pos=?1",
    [DESK_JOIN_COMMENTS] =
        "UPDATE comment SET page=?2, sum=bs_sum(pos,?2,id,name,text,at_ms,parent,changed_pos,"
        "changed_ms,taken_back,score,taught,waits) WHERE page=?1",
    [DESK_REPORT_PUT] = "INSERT OR REPLACE INTO report(" REPORT_COLUMNS ",sum)"
                        " VALUES(?1,?2,?3,?4,?5,bs_sum(?1,?2,?3,?4,?5))",
    [DESK_REPORTS] = "SELECT " REPORT_COLUMNS ",sum=bs_sum(" REPORT_COLUMNS ")"
                     " FROM report WHERE page=?1 ORDER BY pos",
    [DESK_REPORTS_DROP] = "DELETE FROM report WHERE page=?1 AND id=?2",
    [DESK_JOIN_REPORTS] = "UPDATE report SET page=?2, sum=bs_sum(pos,?2,id,why,at_ms)"
                          " WHERE page=?1",
    [DESK_SPAM_WORD] = "SELECT " SPAM_COLUMNS ",sum=bs_sum(" SPAM_COLUMNS ")"
                       " FROM spam WHERE word=?1",
    [DESK_SPAM_TEACH] = "INSERT INTO spam(" SPAM_COLUMNS ",sum) VALUES(?1,?2,?3,bs_sum(?1,?2,?3))"
                        " ON CONFLICT(word) DO UPDATE SET good=good+?2, bad=bad+?3,"
                        " sum=bs_sum(word,good+?2,bad+?3)",
    [DESK_PREVIEW_PUT] = "INSERT OR REPLACE INTO preview(" PREVIEW_COLUMNS ",sum)"
                         " VALUES(?1,?2,bs_sum(?1,?2))",
    [DESK_PREVIEW_DROP] = "DELETE FROM preview WHERE page=?1",
    [DESK_PREVIEW] = "SELECT view FROM preview WHERE page=?1 AND sum=bs_sum(" PREVIEW_COLUMNS ")",
    [DESK_HELD_PUT] = "INSERT OR REPLACE INTO held(" HELD_COLUMNS ",sum)"
                      " VALUES(?1,?2,?3,?4,?5,?6,?7,bs_sum(?1,?2,?3,?4,?5,?6,?7))",
    [DESK_HELD_DROP] = "DELETE FROM held WHERE page=?1",
    [DESK_HELD_ALL] = "SELECT " HELD_COLUMNS " FROM held WHERE sum=bs_sum(" HELD_COLUMNS
                      ") ORDER BY since_ms DESC,page",
    [DESK_QUARANTINE_PUT] = "INSERT INTO quarantine(" QUARANTINE_COLUMNS ",sum)"
                            " VALUES(?1,?2,?3,?4,?5,?6,?7,?8,bs_sum(?1,?2,?3,?4,?5,?6,?7,?8))"
                            " ON CONFLICT DO NOTHING",
    [DESK_QUARANTINE_ALL] =
        "SELECT " QUARANTINE_COLUMNS " FROM quarantine WHERE sum=bs_sum(" QUARANTINE_COLUMNS
        ") ORDER BY pos DESC,number",
    [DESK_QUARANTINE_OF] =
        "SELECT " QUARANTINE_COLUMNS " FROM quarantine WHERE pos=?1 AND (?2 OR number=?3)"
        " AND sum=bs_sum(" QUARANTINE_COLUMNS ") ORDER BY number",
    [DESK_QUARANTINE_DROP] = "DELETE FROM quarantine WHERE pos=?1 AND number=?2",
    [DESK_QUARANTINE_UNTOLD] =
        "SELECT " QUARANTINE_COLUMNS " FROM quarantine WHERE told=0 AND (pos,number)>=(?1,?2)"
        " AND sum=bs_sum(" QUARANTINE_COLUMNS ") ORDER BY pos,number LIMIT ?3",
    [DESK_QUARANTINE_TELL] =
        "UPDATE quarantine SET told=1,sum=bs_sum(pos,number,name,feed,why,line,col,1)"
        " WHERE pos=?1 AND number=?2",
    [DESK_ALARM_PUT] = "INSERT OR IGNORE INTO alarm(" ALARM_COLUMNS
                       ",sum) VALUES(?1,?2,?3,?4,bs_sum(?1,?2,?3,?4))",
    [DESK_ALARMS] = "SELECT " ALARM_COLUMNS " FROM alarm WHERE sum=bs_sum(" ALARM_COLUMNS
                    ") ORDER BY at_ms DESC,pos DESC,kind,text"
                    " LIMIT ?1",
    [DESK_ALARM_DROP] = "DELETE FROM alarm WHERE pos=?1 AND kind=?2",
    [DESK_FILE_PUT] =
        "INSERT INTO file(" FILE_COLUMNS ",sum) VALUES(?1,?2,?3,?4,bs_sum(?1,?2,?3,?4))"
        " ON CONFLICT DO UPDATE SET hash=excluded.hash,pos=excluded.pos,"
        "sum=excluded.sum WHERE excluded.pos>=pos",
    [DESK_FILE] =
        "SELECT hash FROM file WHERE feed=?1 AND name=?2 AND sum=bs_sum(" FILE_COLUMNS ")",
    [DESK_FILE_ELSEWHERE] =
        "SELECT count(*) FROM want w LEFT JOIN file f ON f.feed=w.feed AND f.name=w.name"
        " LEFT JOIN item i ON i.item=w.page WHERE (w.feed=?1 AND w.name=?2 OR f.hash=?3)"
        " AND coalesce(i.page,w.page)<>?4",
    [DESK_WANT_PUT] = "INSERT OR IGNORE INTO want(feed,name,page) VALUES(?1,?2,?3)",
    [DESK_WANTING] = "SELECT page FROM want WHERE feed=?1 AND name=?2 AND page>?3"
                     " ORDER BY page LIMIT ?4",
    [DESK_WANTED] =
        "SELECT DISTINCT name FROM want WHERE feed=?1 AND name>?2 ORDER BY name LIMIT ?3",
    [DESK_OUT_PUT] = "INSERT OR IGNORE INTO out(" OUT_COLUMNS ",sum) SELECT ?1,?2,?3,?4,?5,?6,"
                     "n,0,bs_sum(?1,?2,?3,?4,?5,?6,n,0)"
                     " FROM (SELECT coalesce(max(seq),0)+1 AS n FROM out WHERE page=?3)",
    [DESK_OUTS] = "SELECT " OUT_COLUMNS " FROM out WHERE told=0 AND due_ms>=?1 AND due_ms<=?2"
                  " AND kind NOT IN('cdn','recall') AND sum=bs_sum(" OUT_COLUMNS ")"
                  " ORDER BY due_ms,seq,key LIMIT ?3",
    [DESK_OUTS_URGENT] = "SELECT " OUT_COLUMNS " FROM out WHERE told=0 AND due_ms>=?1"
                         " AND due_ms<=?2 AND kind IN('cdn','recall')"
                         " AND sum=bs_sum(" OUT_COLUMNS ") ORDER BY kind,due_ms,seq,key LIMIT ?3",
    [DESK_OUT_NEXT] = "SELECT min(due_ms) FROM out WHERE told=0 AND due_ms>?1",
    [DESK_OUT_OF] = "SELECT " OUT_COLUMNS " FROM out WHERE page=?1 AND kind IN('push','recall')"
                    " AND sum=bs_sum(" OUT_COLUMNS ") ORDER BY seq DESC LIMIT 1",
    [DESK_OUTS_OF] = "SELECT " OUT_COLUMNS " FROM out WHERE page=?1 AND kind IN('push','recall')"
                     " AND sum=bs_sum(" OUT_COLUMNS ") ORDER BY seq LIMIT ?2",
    [DESK_OUT_TOLD] =
        "UPDATE out SET told=1,body='',sum=bs_sum(key,kind,page,'',at_ms,due_ms,seq,1)"
        " WHERE key=?1",
    [DESK_OUT_DROP] = "DELETE FROM out WHERE key=?1",
    [DESK_OUT_DROP_PUSHES] = "DELETE FROM out WHERE page=?1 AND kind='push' AND told=0",
    [DESK_TEXT_PUT] = "INSERT OR REPLACE INTO text(" TEXT_COLUMNS ",sum)"
                      " VALUES(?1,?2,bs_sum(?1,?2))",
    [DESK_TEXT] = "SELECT value,sum=bs_sum(" TEXT_COLUMNS ") FROM text WHERE name=?1",
};
