namespace SecureChat.UnitTests.Circle.Names;

/// <summary>
/// Names that people have, by script: all of them have to be accepted, and none may be taken for another. What cannot be
/// seen is spelled out: zero-width joiner and non-joiner, variation selectors, tags.
/// </summary>
internal static class HonestNames
{
    private const string Zwj = "\u200D";
    private const string Zwnj = "\u200C";
    private const string Emoji = "\uFE0F";
    private const string Scotland = "\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F";

    public static readonly IReadOnlyList<(string Script, string Name)> All =
    [
        .. Parse($"""
            Latin: Alice, Bob, Neil, Nell, Nina, Vera, O'Brien, O’Connor, Zoë, Chloe, Anne-Marie, D’Angelo, Søren, Åsa, Łukasz
            Latin: Jürgen Groß, Þórður, Ægir, François, Niño, José María, João, Šárka, Dvořák, Győző, Șerban, Ştefan, Ġorġ
            Latin: İbrahim, Işıl, Oğuz, Nguyễn Thị Hồng Nhung, Trần Văn Đức, Đặng Ngọc Ánh, Māris, Ģirts, Žydrūnas, Kahanuʻolā
            Latin: Mary Ann, J. R. R. Tolkien, Dr. Who, X Æ A-12, Conor (work), "Bobby" <b>&, 4chan dad, Ọláolúwa, Ŋaio
            Greek: Αλέξανδρος, Ελένη, Γιώργος, Θεοδώρα, Χρήστος, Ψαρουδάκης, Δήμητρα, Σωκράτης, Ὀδυσσεύς, Ζωή
            Cyrillic: Владимир, Наталья, Юрий, Щербаков, Любовь, Ђорђе, Љиљана, Ѓорѓи, Єлизавета, Їжак, Ґрунт, Әлия, Өмүрбек, Ӳпеҫ
            Georgian: ნინო, გიორგი, თამარ, შოთა, ქეთევან, ლევან, ᲜᲐᲜᲐ
            Armenian: Արամ, Հայկ, Գրիգոր, Անահիտ, Սարգիս, Շուշան
            Hebrew: אברהם, רבקה, יוסף, שָׂרָה, ז׳בוטינסקי, חנה
            Arabic: محمد, فاطمة, عبد الله, مُحَمَّد, خالد, نور الهدى, زينب, أحمد, یوسف خان, عائشہ, ڈاکٹر سلیم
            Persian: علی{Zwnj}رضا, بی{Zwnj}بی گل, نیک{Zwnj}نام, گلی{Zwnj}خانم, پژمان, مهدی{Zwnj}زاده
            Syriac: ܐܦܪܝܡ, ܫܡܥܘܢ, ܡܪܝܡ
            Thaana: އަޙްމަދު, ފާތިމަތު
            N'Ko: ߞߊ߲ߕߍ߫, ߡߊߡߊߘߎ߫
            Devanagari: कृष्ण, लक्ष्मी, प्रिया, श्रीराम, विक्रमादित्य, शर्{Zwj}मा, क्{Zwnj}षमा, ऋषि, दर्{Zwj}यासागर, अनुष्का
            Bengali: রবীন্দ্রনাথ, শেখ হাসিনা, র{Zwj}্যাচেল, উদ্{Zwnj}যোগ, অমর্ত্য, চঞ্চল
            Gurmukhi: ਗੁਰਪ੍ਰੀਤ, ਹਰਜੀਤ ਸਿੰਘ, ਜਸਵਿੰਦਰ
            Gujarati: નરેન્દ્ર, કૃષ્ણકાંત, હેતલ, જિજ્ઞેશ
            Oriya: ଜଗନ୍ନାଥ, ସୁଭାଷ, ପ୍ରତିଭା
            Tamil: முருகன், கமல்ஹாசன், ஸ்ரீதேவி, லட்சுமி, க்{Zwnj}ஷேமா
            Telugu: వెంకటేశ్వర్లు, లక్ష్మణ్, శ్రీనివాస్, సాయి కుమార్, ప్రసాద్{Zwnj}
            Kannada: ಕೃಷ್ಣಮೂರ್ತಿ, ಶ್ರೀಧರ್, ರ{Zwj}್ಯಾಂಕ್, ಪುನೀತ್
            Malayalam: മോഹൻലാൽ, നാരായണന്{Zwj}, ശ്രീകുമാർ, ഉണ്ണികൃഷ്ണൻ
            Sinhala: ශ්{Zwj}රී ලාල්, ප්{Zwj}රියන්ත, චන්ද්{Zwj}රිකා, කුමාර
            Thai: สมชาย, น้ำฝน, กิ๊ฟ, ธนพล ศรีสุข, เปี๊ยก
            Lao: ສົມພອນ, ບຸນມີ, ຄຳແສງ
            Khmer: សុខា, ស្រីមុំ, វិចិត្រ, បុប្ផា
            Myanmar: အောင်ဆန်း, စန္ဒာဝင်း, သန့်ဇင်, ကျော်ကျော်
            Tibetan: བསྟན་འཛིན་, སྒྲོལ་མ, རྡོ་རྗེ
            Mongolian: ᠴᠢᠩᠭᠢᠰ, ᠣᠶᠤᠨᠠ, ᠰᠠᠷᠠᠩᠭᠡᠷᠡᠯ
            Ethiopic: አበበ ቢቂላ, ኃይለ ሥላሴ, ሰላማዊት, ዮሐንስ
            Cherokee: ᏎᏉᏯ, ᎠᏂᎦᏚᏩᎩ, ᏩᎭᏯ
            Canadian: ᐃᓄᒃ ᓴᓂ, ᐊᓛᓯ, ᒥᐊᓕ
            Tifinagh: ⵎⴰⵙⵉⵏ, ⵜⵉⵀⵢⴰ
            Vai: ꕉꔢꕌ, ꗏꗡ
            Javanese: ꦱꦸꦏꦂꦤ, ꦢꦺꦮꦶ
            Balinese: ᬓᬸᬫᬭ, ᬯᬬᬦ᭄
            Adlam: 𞤀𞤥𞤢𞤣𞤵, 𞤊𞤢𞥄𞤼𞤵
            Han: 王小明, 歐陽娜娜, 李雷, 𠮷野家, 𣇄太郎, 㐂子, 张伟, 陳冠希, 龘龘, 渡邉, 辻{"\U000E0100"}本
            Japanese: さくら, タナカ ヨシオ, 田中太郎, みゆき☆, ジョン・スミス, ゔぁん, やまモト
            Korean: 김철수, 박지성, 이영희, 남궁민수, 한글, {"\u1100\u116E\u1100\u1175\u11AB"}
            Bopomofo: ㄨㄤˊ, ㄌㄧˇ
            Yi: ꆈꌠ, ꉬꄒ
            Emoji: 👨{Zwj}👩{Zwj}👧{Zwj}👦, 👩🏽{Zwj}🚀 Mae, 🏳{Emoji}{Zwj}🌈, Hans 🇨🇭, 1{Emoji}⃣ dad, ❤{Emoji} Ana, Ian {Scotland}, ❤{Emoji}{Zwj}🔥, 👋🏿, 🐦{Zwj}⬛
            """),
    ];

    private static IEnumerable<(string Script, string Name)> Parse(string table) =>
        from line in table.Split('\n')
        let parts = line.Split(':', 2)
        from name in parts[1].Split(',')
        select (parts[0], name.Trim(' '));
}
