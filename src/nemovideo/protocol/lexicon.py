"""The words of requests that skip the chat, English and Chinese, as data: each phrase is one letter of a small grammar.

The letters are put together in `routing`; a word that is not here makes its clause one for the chat.
"""

from __future__ import annotations

__all__ = ["LONGEST", "PHRASES"]

_TABLE: dict[str, str] = {
    # fillers: politeness and impatience, which change nothing
    "F": (
        "please|pls|plz|kindly|now|right now|just|ok|okay|hey|hi|hello|thanks|thank you|thank you very much|for me|"
        "can you|could you|would you|will you|can i|could i|may i|can we|could we|can you please|could you please|"
        "i want to|i want you to|i'd like to|i'd like you to|i would like to|i need to|i need you to|i wanna|"
        "i'm ready to|ready to|time to|it's time to|you can|you may|you should|you can now|we can|let me|let's|"
        "let us|also|finally|immediately|asap|again|once more|one more time|already|yet|go ahead|go ahead and|"
        "simply|only|yes|yeah|yep|yup|sure|cool|great|perfect|awesome|excellent|nice|good|good job|well done|"
        "looks good|looks great|looks good to me|it looks good|it looks great|that looks good|that looks great|"
        "this looks good|that's great|that's good|that's it|that's all|all good|all done|done|i'm done|"
        "i'm done editing|i'm happy with it|i'm happy with this|i like it|love it|i love it|in that case|so|well|"
        "alright|all right|first|actually|don't change anything|don't change anything else|don't touch anything|"
        "don't touch anything else|no more changes|no changes|no changes needed|nothing else|leave the rest|"
        "不用改了|不用再改了|不用改|别的不用改|不要改别的|其他不变|if possible|if you can|when you can|by the way|"
        "btw|dear|nemo|panda|quickly|if you don't mind|if you please|请|请你|请您|请问|麻烦|麻烦你|麻烦您|帮|帮我|"
        "帮忙|帮我们|帮一下|你|您|我|我们|我要|我想|我想要|我需要|我们要|想要|一下|一下子|一次|吧|了|啊|呢|吗|嘛|"
        "呀|哦|哈|的|着|现在|马上|立即|立刻|赶紧|赶快|快|快点|尽快|直接|可以|能|能否|能不能|可不可以|可否|就|先|"
        "谢谢|谢谢你|谢谢您|多谢|好|好的|好了|行|嗯|那|那就|那么|没问题|很好|非常好|不错|太好了|太棒了|完美|满意|"
        "我很满意|可以了|行了|你好|您好|出来|下来|上来|上去|再次|重新|还|也|都|只|只要|只需|来|去|要|"
        "is it possible to|would it be possible to|any chance you could|any chance you can|"
        "i was wondering if you could|maybe|perhaps|if that's ok|if that's okay|if it's ok|if everything is ok|"
        "if everything looks good|if it looks good|if you're ready|could you maybe|is it possible for you to|"
        "i'd love to|proceed to|continue to|that's perfect|that is perfect|that is great|that's awesome|一键|完成了|"
        "where can i|need to|have to|i have to|we need to|i must|great job|great work|good work|nice work|nice job|"
        "amazing|wonderful|fantastic|brilliant|lovely|super|that works|works for me|that will do|that'll do|"
        "all set|go for it|anything|go|go and|干得好|做得好|辛苦了|漂亮|棒|真棒|很棒|挺好|挺好的|很满意|满意了|下|"
        "剪得不错|"
        "剪得很好|做得不错|看起来不错|看起来很好|看起来很棒|效果不错|效果很好|"
        "i have a file to|i have a video to|i have a clip to|i have some files to|i have some videos to|"
        "i've got a video to"
    ),
    # what an export takes: the film
    "N": (
        "video|videos|vid|file|files|clip|clips|movie|film|cut|version|project|output|result|results|mp4|mp4 file|"
        "video file|mov|edit|everything|timeline video|recording|reel|final|render|视频|影片|片子|成片|成品|文件|"
        "视频文件|结果|作品|短片|影片文件|项目|工程|最终版|最终视频|全部|draft|exported video"
    ),
    "L": "link|url|链接|地址",
    "p": "it|this|that|them|these|this one|that one|it all|all of it|它|这个|那个|这些|这|此",
    "D": "the|my|our|your|我的|我们的|你的|整个|全部的|当前的|目前的",
    "d": (
        "a|an|some|another|新|one more|one|any|more|a new|一个|一段|一条|一些|一张|几个|另一个|个|新的|一份|both|two|"
        "three|several|a few|2|3|4|5|两个|三个"
    ),
    "A": (
        "final|finished|complete|completed|compressed|edited|new|last|whole|full|entire|rendered|smaller|resulting|"
        "updated|ready|done|trimmed|selected|原|最终的|最终|压缩好的|剪好的|做好的|完成的|最新的|最新|完整的|"
        "压缩后的|编辑好的|处理好的"
    ),
    # export, download, send, give; from a place, to a place
    "X": (
        "export|exports|download|re-export|reexport|导出|下载|输出视频|导出来|导出下载|重新导出|重新下载|"
        "可以导出了|可以导出了吗|能导出了吗|能导出了|可以下载了|可以下载了吗|能下载了吗|现在可以导出了|"
        "start exporting|begin exporting|start downloading|begin downloading|"
        "render and export|save and export|finish and export|finish up and export|render and download|"
        "export and save|export my timeline|export the timeline|export timeline|导出时间线|保存并导出|渲染并导出|"
        "完成并导出"
    ),
    "E": "to export|to download|for an export|for the export|for exporting|来导出|用来导出",
    "G": "would you mind exporting|would you mind downloading|do you mind exporting|how about exporting",
    "R": (
        "start|begin|run|do|make|kick off|trigger|launch|perform|start an|开始|执行|进行|proceed with|"
        "go ahead with|continue with|start with"
    ),
    "S": "send|send over|发|发送|传|发过|发回|give|give back|deliver",
    "g": (
        "give me|give us|get me|hand me|发我|传我|给我来|can i have|could i have|may i have|let me have|"
        "could i get|can i get|can you get me"
    ),
    "m": "me|us|to me|to us|over|over to me|back|back to me|给我|给我们|到我这",
    "T": (
        "as mp4|as an mp4|as a mp4|as mov|as mkv|as webm|as mp4 file|as a file|as a video|as a video file|to mp4|"
        "in mp4|in mp4 format|in hd|in full hd|in 4k|in 1080p|in 720p|in 480p|at 1080p|at 720p|at 480p|"
        "in high quality|in best quality|in full quality|in full resolution|at full resolution|at high quality|"
        "to my computer|to my phone|to my device|to my machine|to disk|to my disk|to a file|to my downloads|"
        "locally|to my laptop|to my mac|to my pc|when it's done|when it is done|when it's ready|when it is ready|"
        "when done|when ready|when finished|when it's finished|when it is finished|once it's done|once it is done|"
        "once it's ready|once done|once finished|once it's finished|when you're done|when you are done|"
        "when you're finished|once you're done|once you are done|once you're finished|after that's done|"
        "if it's ready|as soon as it's ready|as soon as it's done|as soon as possible|here|to you|to the session|"
        "to this session|to the project|with you|为mp4|成mp4|mp4格式|为mp4格式|成mp4格式|为mp4文件|成mp4文件|"
        "到本地|到电脑|到手机|到我的电脑|高清|1080p|720p|格式|when it's finished rendering|when it's rendered|"
        "by email|via email|by mail|to my email|for instagram|for tiktok|for youtube|for youtube shorts|for facebook|"
        "for whatsapp|for twitter|for my website|for social media|for sharing|to desktop|to my desktop|"
        "to my downloads folder|to the desktop|到桌面|4k|hd|full hd|视频做好了|做好了|"
        "做完了|弄好了|剪好了|压缩好了|视频好了|好了就"
    ),
    "t": "to|as|into|in|under|到|为|成|至|进|到文件夹",
    "o": "from|从|来自|named|called|是|at",
    "B": "把|将",
    # uploads
    "U": "upload|上传|再上传|上传文件",
    "u": (
        "photo|photos|image|images|picture|pictures|footage|song|music|audio|audio file|sound|media|material|"
        "materials|asset|assets|something|stuff|file too|gif|recordings|图片|照片|音乐|音频|素材|歌|歌曲|录音|媒体|"
        "东西|logo|logos|watermark|icon|sticker|voiceover|voice over|narration|soundtrack|background music|intro|"
        "outro|背景音乐|水印|标志|片头|片尾|配音"
    ),
    "h": "here is|here's|here are|this is|here you go|这是|这里是|给你|看看这个",
    # questions and orders to show, quantities, and what is shown
    "H": (
        "show|show me|show us|check|see|view|display|tell me|list|look up|look at|let me see|let me know|what is|"
        "what's|whats|what are|what about|how is|how's|how about|i want to see|i want to know|i'd like to know|"
        "i'd like to see|do you know|could i see|can i see|what's on|what is on|what's in|what is in|query|get|查|"
        "查看|查询|查看下|看|看看|看一看|看下|显示|显示出|告诉|告诉我|列出|列一下|展示|瞧瞧|检查|想知道|想看|"
        "想看看|知道|给我看|给我看看"
    ),
    "M": (
        "how many|how much|do i have|do i still have|have i got|have i|i have|i've|i've got|i still have|i got|"
        "are left|is left|left|still left|left of|remaining|remain|available|are there|there are|are available|"
        "do we have|"
        "we have|have we|am i out of|enough|any|account|total|in total|in my account|on my account|is there|"
        "i have left|credit|free|多少|还有多少|还剩多少|还剩|剩|剩下|剩余|还有|有|有没有|有多少|够|够不够|足够|几|"
        "几个|几条|哪些|什么|怎么样|怎样|如何了|是多少|账户|账号|可用|总共|一共|多少个|里|还够|用完|么|looking|"
        "doing|which|what|是什么"
    ),
    "K": (
        "how much credit|remaining credit|available credit|credits|credit balance|credits balance|balance|积分|余额|"
        "点数|积分余额|信用点"
    ),
    "W": "status|state|tracks|track list|timeline|状态|轨道|时间线|时间轴|轨道列表|状态如何|状态是什么|轨道是什么",
    "V": "update|report|overview|summary|情况|信息|列表|all|all the|all of the|所有|所有的|全部轨道|上",
    "O": "of|for|on|about",
    # what turns a clause around, or makes it depend
    "!": (
        "don't|dont|do not|doesn't|not|never|no|without|no need to|no need|cannot|can't|won't|shouldn't|stop|"
        "cancel|abort|avoid|refrain from|not yet|不|不要|别|别再|先别|先不|先不要|不用|不必|无需|无须|不需要|不能|"
        "不想|没|没有必要|禁止|停止|取消|暂不|暂时不要|暂时不|暂时别|勿|请勿|等一下再|等会儿再|等会再|等等再|"
        "稍后再|稍后|晚点再|晚点|待会再|待会儿再|过会儿再|一会儿再|一会再|之后再说"
    ),
    "I": "if|unless|should i|whether|in case|suppose|如果|要是|假如|若|倘若|除非|是否|的话",
    # what brings a text in
    "Y": (
        "says|saying|say|said|reads|reading|read|titled|titled as|write|written|type|typing|spells|spelling|"
        "caption|words|text|lyrics|写|写着|写上|写成|说|写的是|内容是|文字是|叫|改成|改为|输入|文字|打上"
    ),
    # what joins clauses
    "&": "and|plus|as well as|&|和|并|并且|以及|同时|且|另外",
    ",": "but|但是|但|不过|只是",
    "|": "or|or else|还是|或者|或",
    ">": (
        "then|and then|after that|and after that|afterwards|after this|next|and finally|and afterwards|followed by|"
        "before you then|然后|之后|接着|接下来|再|再来|最后|随后|后|以后|完成后|完后|好后|完了|完再|好再|后再|"
        "之后再|然后再|并最后|完了再|好了再"
    ),
    "<": (
        "after|once|when|as soon as|as soon as you|after you|once you|when you|when you have|after you have|"
        "once you have"
    ),
    # whole words that hold one of the above
    "?": (
        "不知道|再见|后面|后半|后期|后来|以后再说|合并|并排|最后面|最后一|最后几|后景|的时候|发光|发布|发现|发送到|"
        "出现|看起来|看上去|下载器|导出器|导出按钮|导出后的|导出之前|导出前|下载前|上传前|之前|以前|怎么|为什么|"
        "按钮|传奇|里面|状态栏|状态条|balance out|status bar|status line|go back|it's|that's|what if|then again|"
        "now and then|as well|end credits|left and right|left channel|left side|import and export|"
        "imports and exports|export and import|下一个|下一段|下面|下方|下半|上传了|上传好了|上传完了|上传完|"
        "已上传|已经上传|上传完成|导出了|导出好了|导出完了|导出完成|已导出|已经导出|下载了|下载好了|已下载|上传中|"
        "导出中|下载中|exporting|downloading|如何|积分是什么|什么是积分|点数是什么"
    ),
    "C": "current|present|overall|latest|当前|目前|现在的",
    "w": "i want|i need|i'd like|i would like",
}

# "I think it's ready", "everything looks great", "we're done": said before an order, changing nothing
_CONTENT = [
    f"{opinion}{subject} {how}{verdict}"
    for opinion in ("", "i think ", "i guess ", "i believe ")
    for subject in ("it's", "it is", "it looks", "that's", "that is", "that looks", "this is", "this looks",
                    "everything is", "everything looks", "all is", "the video is", "the video looks", "we're",
                    "we are", "i'm", "i am", "looks")
    for how in ("", "all ")
    for verdict in ("done", "ready", "finished", "good", "great", "perfect", "fine", "nice", "awesome", "happy",
                    "happy with it", "happy with that", "happy with this", "ready to", "good to go", "amazing")
]  # fmt: skip

_SIDES = [
    f"{how}{side}p{what}"
    for how in ("", "in ", "at ", "as ", "to ", "with ", "以", "用", "成", "为")
    for side in (360, 480, 540, 720, 1080, 1440, 2160)
    for what in ("", " resolution", " quality", "分辨率")
]

# what a timeline may be exported as beside a film
_OTHERS = [
    said.format(kind)
    for kind in ("gif", "mp3", "wav", "m4a", "aac")
    for said in ("as {}", "as a {}", "as an {}", "as a {} file", "as an {} file", "as an animated {}", "to {}", "in {}",
                 "in {} format", "为{}", "成{}", "{}格式", "为{}格式", "成{}格式", "为{}文件", "成{}文件")
]  # fmt: skip

PHRASES: dict[str, str] = (
    dict.fromkeys(_CONTENT, "F")
    | dict.fromkeys((*_SIDES, *_OTHERS), "T")
    | {phrase: letter for letter, phrases in _TABLE.items() for phrase in phrases.split("|")}
)
LONGEST = max(map(len, PHRASES))
